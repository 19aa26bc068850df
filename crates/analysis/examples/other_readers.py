"""Whether other programs read a ledger as we do.

other_readers.py LEDGER_FOLDER prints one line of JSON: the rows as `deltalake` counts them, and as DuckDB does,
by its delta extension where that can be had and else by its Parquet reader over the files of the version.
"""

import json
import sys

import deltalake
import duckdb

folder = sys.argv[1]
table = deltalake.DeltaTable(folder)
engine = duckdb.connect()
files = table.file_uris()
try:
    engine.execute("INSTALL delta; LOAD delta")
    way, source = "delta extension", f"delta_scan('{folder}')"
except duckdb.Error:
    way, source = "files of the version", f"read_parquet({files})"
rows, total = engine.execute(f"SELECT count(*), sum(base_amount) FROM {source}").fetchone()
protocol = table.protocol()
print(
    json.dumps(
        {
            "deltalake_rows": table.to_pyarrow_dataset().count_rows(),
            "duckdb_rows": rows,
            "duckdb_way": way,
            "base_amount": str(total),
            "version": table.version(),
            "files": len(files),
            "reader_version": protocol.min_reader_version,
            "writer_version": protocol.min_writer_version,
        }
    )
)
