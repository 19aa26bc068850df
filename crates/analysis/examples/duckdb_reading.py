"""What DuckDB needs for the file that ledger_speed reads: CSV with explicit types to Parquet, two threads.

duckdb_reading.py FILE.csv OUT.parquet prints one line of JSON. `cargo xtask prove reading` runs both in turn.
"""

import json
import resource
import sys
import time

import duckdb

COLUMNS = {
    "Unique ID": "VARCHAR",
    "Invoice Number": "VARCHAR",
    "Invoice Amount": "DECIMAL(18,4)",
    "Invoice Amount Currency": "VARCHAR",
    "Base Amount": "DECIMAL(18,4)",
    "Description": "VARCHAR",
    "PO Number": "VARCHAR",
    "Status": "VARCHAR",
    "Invoice Date": "DATE",
    "Entered Date": "DATE",
    "Paid Date": "DATE",
    "Supplier Name": "VARCHAR",
    "Supplier Ref": "VARCHAR",
}


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


source, target = sys.argv[1:]
engine = duckdb.connect()
engine.execute("SET threads = 2")
started, cpu = time.monotonic(), cpu_seconds()
engine.execute(
    f"COPY (SELECT * FROM read_csv('{source}', header = true, delim = ',', quote = '\"', escape = '\"',"
    f" dateformat = '%d/%m/%Y', columns = {COLUMNS}))"
    f" TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
)
print(
    json.dumps(
        {
            "seconds": time.monotonic() - started,
            "cpu_seconds": cpu_seconds() - cpu,
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    )
)
