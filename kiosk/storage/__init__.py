"""The tablet's memory: one SQLite file, reached only through StorageThread.

Importing this package loads no database library; that happens when the storage thread opens the file.
"""
