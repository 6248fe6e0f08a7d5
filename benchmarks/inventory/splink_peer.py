"""Splink (moj-analytical-services/splink, 5.x) on the records that every peer gets.

`PYTHON -P benchmarks/inventory/splink_peer.py WORK` with the PYTHON of an environment that has splink: it wants another
DuckDB than the product, so it is no dependency of ours, and this file imports nothing of the project. Expectation
maximisation learns the weights from the records themselves; blocking is by each identifier, values on more than COMMON
records left out as for the guarded keys.
"""

import json
import sys
import time
from pathlib import Path

COMMON = 12
# The probability from which two records are taken for one: the best of .5, .8, .9, .95 and .99 on a messy estate.
BELIEVED = 0.9
KEYS = ("uuid", "serial_number", "fqdn", "hostname", "mac", "ip")


def main() -> None:
    work = Path(sys.argv[1])
    import duckdb
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    cpu, wall = time.process_time(), time.perf_counter()
    con = duckdb.connect()
    con.execute(
        f"""create table records as select *, mac_address[1] as mac, ip_address[1] as ip
        from read_parquet('{work / "records.parquet"}')"""
    )
    for key in KEYS:
        con.execute(
            f"""update records set {key} = null where {key} in
            (select {key} from records group by 1 having count(*) > {COMMON})"""
        )
    api = DuckDBAPI(connection=con)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.ExactMatch("uuid"),
            cl.ExactMatch("serial_number"),
            cl.ExactMatch("mac"),
            cl.ExactMatch("ip"),
            cl.ExactMatch("fqdn"),
            cl.JaroWinklerAtThresholds("hostname", [0.97, 0.9]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("memory_mib"),
        ],
        blocking_rules_to_generate_predictions=[block_on(key) for key in KEYS],
        retain_intermediate_calculation_columns=False,
    )
    linker = Linker(api.register("records"), settings, log_level=40)
    linker.training.estimate_probability_two_random_records_match([block_on("uuid"), block_on("fqdn")], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    # Two sessions: what one blocks by, the other learns. A third by serial number makes weights vanish on some estates.
    for key in ("hostname", "ip"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(key))
    pairs = linker.inference.predict(threshold_match_probability=BELIEVED)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=BELIEVED)
    con.execute(
        f"""copy (select table_no, "row", cluster_id as cluster from {clusters.physical_name})
        to '{work / "splink.parquet"}' (format parquet)"""
    )
    (rows,) = con.execute("select count(*) from records").fetchall()[0]
    took = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
    status = Path("/proc/self/status").read_text("utf-8").split()
    print(json.dumps({**took, "peak_mib": int(status[status.index("VmHWM:") + 1]) / 1024, "rows": rows}))


if __name__ == "__main__":
    main()
