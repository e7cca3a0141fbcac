"""Rights over the house as a whole."""

from wonward.foundation.access.policy import declare

declare("house.export.make", "Take everything out as files")
declare("house.sample.remove", "Remove the sample company")
declare("house.trash.view", "See the trash and bring things back")
declare("house.person.erase", "Export and erase what is known of a person")
declare("house.retention.edit", "Set how long personal records are kept, and legal holds")
declare("house.backup.edit", "Set when backups are made, and see how the last one went")
