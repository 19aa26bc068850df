"""Splink 5 on DuckDB over the candidates that our check compares: what it takes to train and to score them.

splink_invoices.py FILE.csv prints one line of JSON. `cargo xtask evaluate --splink PYTHON` runs it beside ours.
The blocks are ours: the columns of keys are written by the same code. Two threads, as ours.
"""

import json
import resource
import sys
import time

import duckdb
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

BLOCKS = [
    block_on("party", "amount"),
    block_on("merged_key", "amount"),
    block_on("party", "number_key"),
    block_on("party", "stem_key"),
    block_on("rare_amount"),
]

connection = duckdb.connect()
connection.execute("SET threads = 2")
connection.execute(f"CREATE TABLE invoices AS SELECT * FROM read_csv('{sys.argv[1]}', header = true)")
settings = SettingsCreator(
    link_type="dedupe_only",
    unique_id_column_name="place",
    blocking_rules_to_generate_predictions=BLOCKS,
    comparisons=[
        compare.LevenshteinAtThresholds("number", [1, 2]),
        compare.ExactMatch("amount").configure(term_frequency_adjustments=True),
        compare.ExactMatch("invoiced"),
        compare.ExactMatch("entered"),
        compare.ExactMatch("keyed_by"),
        compare.ExactMatch("paid_day"),
        compare.ExactMatch("description"),
    ],
)
began = time.monotonic()
api = DuckDBAPI(connection=connection)
table = api.register("invoices") if hasattr(api, "register") else "invoices"
try:
    linker = Linker(table, settings)
except TypeError:
    linker = Linker("invoices", settings, db_api=api)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("party", "amount"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("party", "number_key"))
trained = time.monotonic()
scored = linker.inference.predict(threshold_match_probability=0.08)
shown = connection.execute(f"SELECT count(*) FROM {scored.physical_name}").fetchone()[0]
print(
    json.dumps(
        {
            "train_seconds": trained - began,
            "score_seconds": time.monotonic() - trained,
            "shown": shown,
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    )
)
