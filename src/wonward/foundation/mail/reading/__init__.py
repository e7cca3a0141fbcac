"""One e-mail as it arrived (RFC 5322 with MIME), read from its bytes: who wrote what to whom, and what came with it.

The parser of the standard library is not used for the outer form. It opens every part inside every other, however deep, matches
each line with the end of each part it is in, and gives no forwarded e-mail back as it came; its newer header classes raise on what
people really send. Here parts are found by their place in the bytes, so that nothing is copied, nothing is read twice on one level,
and the levels are counted. Whatever is broken inside is read as well as it can be.
"""

from wonward.foundation.mail.reading.email import LONGEST_TEXT, MOST_ADDRESSES, read_email
from wonward.foundation.mail.reading.received import Attachment, Mailbox, ReceivedEmail

__all__ = ["LONGEST_TEXT", "MOST_ADDRESSES", "Attachment", "Mailbox", "ReceivedEmail", "read_email"]
