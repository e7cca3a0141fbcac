from tests.foundation.files.records import ada, guest, mia, records, sam

__all__ = ["ada", "guest", "mia", "records", "sam"]
