"""What can go wrong with the tablet's memory.

StorageError            the answer was not stored; trying again later is right for all of them
├── StorageFull         no space left
├── StorageReadOnly     the file or its folder cannot be written
├── StorageBusy         another program held the file for too long
├── StorageFailing      the disk itself reports errors
└── StorageBroken       the file is no longer a database
"""


class StorageError(Exception):
    """The tablet's memory could not do what was asked; nothing was changed."""


class StorageFull(StorageError):
    """There is no space left on the disk."""


class StorageReadOnly(StorageError):
    """The database or its folder cannot be written."""


class StorageBusy(StorageError):
    """Another program held the database for too long."""


class StorageFailing(StorageError):
    """The disk reports an error of its own."""


class StorageBroken(StorageError):
    """The file is no longer a database."""
