"""``--data-dir``: what Personalize holds outlives the process, and a ``kill -9`` at any moment.

folder.py     what may stand in the folder, and who may read it
directory.py  the directory: its lock, its database, its transactions
rows.py       the database's tables, with checksums
committed.py  how many transactions there are, so that a damaged log is noticed
content.py    files, each written whole or not at all, with a checksum in its name
full_disk.py  how a full disk is said, and the room held in reserve
upgrade.py    which format a directory is in; the format before this one is upgraded
kinds.py      the classes whose values are kept, by short names
arrays.py     columns as files (npz without pickle)
codec.py      values as JSON that names such files
resources.py  the records of the stores, kept at the end of every locked section
resume.py     changes that were under way when the process ended
"""

from personalize_sfn.local.personalize.persistence.directory import DataDirectory
from personalize_sfn.local.personalize.persistence.resources import RecordPersistence

__all__ = ["DataDirectory", "RecordPersistence"]
