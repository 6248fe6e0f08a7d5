"""An independent reader of the import files, written from the vendors' pages and none of our rules or code.

Each function takes the files of an export by name and says, as texts, what the vendor would refuse. Sources: Azure
"Tutorial: build a business case or assess servers using an imported CSV file" (2023-09-21); AWS user guide of
Application Discovery Service (import, quotas, failed records); Google "Import manually generated tables" and
"Requirements for labels"; konveyor/tackle2-hub internal/api/import.go and internal/importer/manager.go.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address


def _listed(text: str, mark: str = ",") -> list[str]:
    return text.split(mark)


AZURE_FIXED = _listed(
    "*Server name,IP addresses,*Cores,*Memory (In MB),*OS name,OS version,OS architecture,Server type,Hypervisor,"
    "CPU utilization percentage,Memory utilization percentage,Network adapters,Network In throughput,"
    "Network Out throughput,Boot type,Number of disks,Storage in use (In GB)"
)
AZURE_SYSTEMS = _listed(
    "Asianux 3|Asianux 4|Asianux 5|CentOS|CentOS 4/5|CoreOS Linux|Debian GNU/Linux 4|Debian GNU/Linux 5|"
    "Debian GNU/Linux 6|Debian GNU/Linux 7|Debian GNU/Linux 8|FreeBSD|IBM OS/2|macOS X 10|MS-DOS|Novell NetWare 5|"
    "Novell NetWare 6|Oracle Linux|Oracle Linux 4/5|Oracle Solaris 10|Oracle Solaris 11|Red Hat Enterprise Linux 2|"
    "Red Hat Enterprise Linux 3|Red Hat Enterprise Linux 4|Red Hat Enterprise Linux 5|Red Hat Enterprise Linux 6|"
    "Red Hat Enterprise Linux 7|Red Hat Fedora|SCO OpenServer 5|SCO OpenServer 6|SCO UnixWare 7|"
    "Serenity Systems eComStation|Serenity Systems eComStation 1|Serenity Systems eComStation 2|"
    "Sun Microsystems Solaris 8|Sun Microsystems Solaris 9|SUSE Linux Enterprise 10|SUSE Linux Enterprise 11|"
    "SUSE Linux Enterprise 12|SUSE Linux Enterprise 8/9|SUSE openSUSE|Ubuntu Linux|VMware ESXi 4|VMware ESXi 5|"
    "VMware ESXi 6|Windows 10|Windows 2000|Windows 3|Windows 7|Windows 8|Windows 95|Windows 98|Windows NT|"
    "Windows Server (R) 2008|Windows Server 2003|Windows Server 2008|Windows Server 2008 R2|Windows Server 2012|"
    "Windows Server 2012 R2|Windows Server 2016|Windows Server 2019|Windows Server Threshold|Windows Vista|"
    "Windows Web Server 2008 R2|Windows XP Professional",
    "|",
)
AWS_HEADER = _listed(
    "ExternalId,SMBiosId,IPAddress,MACAddress,HostName,VMware.MoRefId,VMware.VCenterId,CPU.NumberOfProcessors,"
    "CPU.NumberOfCores,CPU.NumberOfLogicalCores,OS.Name,OS.Version,VMware.VMName,RAM.TotalSizeInMB,"
    "RAM.UsedSizeInMB.Avg,RAM.UsedSizeInMB.Max,CPU.UsagePct.Avg,CPU.UsagePct.Max,DiskReadsPerSecondInKB.Avg,"
    "DiskWritesPerSecondInKB.Avg,DiskReadsPerSecondInKB.Max,DiskWritesPerSecondInKB.Max,DiskReadsOpsPerSecond.Avg,"
    "DiskWritesOpsPerSecond.Avg,DiskReadsOpsPerSecond.Max,DiskWritesOpsPerSecond.Max,NetworkReadsPerSecondInKB.Avg,"
    "NetworkWritesPerSecondInKB.Avg,NetworkReadsPerSecondInKB.Max,NetworkWritesPerSecondInKB.Max,Applications,"
    "ApplicationWave,Tags,ServerId"
)
_AWS_LISTS = ("IPAddress", "MACAddress", "Applications", "Tags")
_AWS_KEYS = ("ExternalId", "IPAddress", "MACAddress", "HostName", "VMware.MoRefId", "VMware.VCenterId")
_GOOGLE_MANDATORY = {
    "vmInfo": "MachineId MachineName TotalDiskAllocatedGiB TotalDiskUsedGiB AllocatedProcessorCoreCount MemoryGiB "
    "OsName IsPhysical",
    "diskInfo": "MachineId DiskLabel SizeInGib UsedInGib StorageTypeLabel",
    "perfInfo": "MachineId TimeStamp CpuUtilizationPercentage",
    "tagInfo": "MachineId Key Value",
}
Files = dict[str, bytes]


def _read(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """Header and rows; every row has to be as wide as the header."""
    text = content.decode("utf-8")
    assert not text.startswith("\ufeff")
    header, *rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert all(len(row) == len(header) for row in rows), "rows of other widths"
    assert len(set(header)) == len(header), "a header twice"
    return header, [dict(zip(header, row, strict=True)) for row in rows]


def _formulas(rows: list[dict[str, str]]) -> Iterator[str]:
    for row in rows:
        for column, cell in row.items():
            if cell[:1] in set("=+-@\t\r") or any(unicodedata.category(c) == "Cc" for c in cell):
                yield f"{column}: {cell!r} is a formula or holds control characters"


def _number(cell: str, low: float, high: float, whole: bool = False) -> bool:
    return bool(re.fullmatch(r"\d+" if whole else r"\d+(\.\d+)?", cell)) and low <= float(cell) <= high


def azure(files: Files) -> list[str]:
    """azure-migrate-N.csv; those with names beside the published systems too, but for that rule."""
    problems: list[str] = []
    for name, content in files.items():
        header, rows = _read(content)
        disks = (len(header) - len(AZURE_FIXED)) // 5
        expected = list(AZURE_FIXED)
        for n in range(1, disks + 1):
            expected += [f"Disk {n} size (In GB)"]
            expected += [f"Disk {n} {way} throughput (MB per second)" for way in ("read", "write")]
            expected += [f"Disk {n} {way} ops (operations per second)" for way in ("read", "write")]
        problems += [f"{name}: header"] if header != expected or not 1 <= disks <= 20 else []
        problems += [f"{name}: {len(rows)} rows"] if len(rows) > 20_000 else []
        listed = re.fullmatch(r"azure-migrate-\d+\.csv", name) is not None
        problems += [f"{name}: {said}" for row in rows for said in _azure_row(row, listed)]
        problems += _formulas(rows)
    names = [row["*Server name"].casefold() for content in files.values() for row in _read(content)[1]]
    return problems + [f"{name} twice" for name, count in Counter(names).items() if count > 1]


def _azure_row(row: dict[str, str], listed: bool) -> Iterator[str]:
    if not row["*Server name"].strip() or len(row["*Server name"]) > 255:
        yield "server name"
    for column in ("*Cores", "*Memory (In MB)"):
        if not _number(row[column], 1, 1e18, whole=True):
            yield f"{column} {row[column]!r}"
    if not row["*OS name"] or (listed and row["*OS name"] not in AZURE_SYSTEMS):
        yield f"system {row['*OS name']!r}"
    if not listed and row["*OS name"] in AZURE_SYSTEMS:
        yield f"{row['*OS name']!r} set apart needlessly"
    choices = {
        "OS architecture": ("x64", "x86", "amd64", "32-bit", "64-bit"),
        "Server type": ("Virtual", "Physical"),
        "Hypervisor": ("VMware", "Hyper-V") if row["Server type"] == "Virtual" else (),
        "Boot type": ("BIOS", "UEFI"),
    }
    for column, words in choices.items():
        if row[column] and row[column] not in words:
            yield f"{column} {row[column]!r}"
    for column, cell in row.items():
        if not cell:
            continue
        if "percentage" in column and not _number(cell, 0, 100):
            yield f"{column} {cell!r}"
        if ("throughput" in column or "ops" in column or "GB)" in column) and not _number(cell, 0, 1e21):
            yield f"{column} {cell!r}"
    if row["Number of disks"] and not _number(row["Number of disks"], 0, 20, whole=True):
        yield f"disks {row['Number of disks']!r}"
    for address in filter(None, row["IP addresses"].split(";")):
        ip_address(address)


def aws(files: Files) -> list[str]:
    """aws-ads-N.csv."""
    problems, ids = [], Counter[str]()
    servers: dict[str, int] = defaultdict(int)
    for name, content in files.items():
        header, rows = _read(content)
        problems += [f"{name}: header"] if header != AWS_HEADER else []
        problems += [f"{name}: {len(rows)} records"] if len(rows) > 25_000 else []
        problems += [f"{name}: {len(content)} bytes"] if len(content) > 10_000_000 else []
        for row in rows:
            problems += [f"{name}: {said}" for said in _aws_row(row)]
            ids[row["ExternalId"]] += 1
            for application in filter(None, row["Applications"].split(", ")):
                servers[application] += 1
        problems += _formulas(rows)
    problems += [f"{key} twice" for key, count in ids.items() if key and count > 1]
    problems += [f"{len(servers)} applications"] if len(servers) > 1000 else []
    return problems + [f"{name}: {count} servers" for name, count in servers.items() if count > 400]


def _aws_row(row: dict[str, str]) -> Iterator[str]:
    if not any(row[column] for column in _AWS_KEYS):
        yield "no identifier"
    if bool(row["VMware.MoRefId"]) != bool(row["VMware.VCenterId"]):
        yield "MoRefId and VCenterId come together"
    for column, cell in row.items():
        if "," in cell and column not in _AWS_LISTS:
            yield f"comma in {column}: {cell!r}"
        if cell and column.startswith("CPU.Number") and not _number(cell, 1, 1e9, whole=True):
            yield f"{column} {cell!r}"
        if cell and "UsagePct" in column and not _number(cell, 0, 100):
            yield f"{column} {cell!r}"
        if cell and ("SizeInMB" in column or "PerSecond" in column) and not _number(cell, 0, 1e21):
            yield f"{column} {cell!r}"
    for address in filter(None, row["IPAddress"].split(", ")):
        ip_address(address)
    for address in filter(None, row["MACAddress"].split(", ")):
        if not re.fullmatch(r"(?i)([0-9a-f]{2}[:-]){5}[0-9a-f]{2}", address):
            yield f"MAC {address!r}"
    tags = list(filter(None, row["Tags"].split(", ")))
    if len(tags) > 30 or any(tag.count(":") != 1 or not all(tag.split(":")) for tag in tags):
        yield f"tags {row['Tags']!r}"


def google(files: Files) -> list[str]:
    """google-mc-N-TABLE.csv; the files of one prefix and number are one upload."""
    problems, uploads = [], defaultdict[str, dict[str, bytes]](dict)
    for name, content in files.items():
        matched = re.fullmatch(r"(google-mc(?:-incomplete)?-\d+)-(\w+)\.csv", name)
        assert matched, name
        uploads[matched[1]][matched[2]] = content
    seen = Counter[str]()
    for upload, tables in uploads.items():
        problems += (
            [f"{upload}: {sum(map(len, tables.values()))} bytes"]
            if sum(map(len, tables.values())) > 100_000_000
            else []
        )
        problems += [f"{upload}: no vmInfo"] if "vmInfo" not in tables else []
        problems += [f"{upload}: {said}" for said in _google_upload(tables, "incomplete" in upload)]
        seen.update(row["MachineId"].casefold() for row in _read(tables["vmInfo"])[1])
    return problems + [f"machine {key} twice" for key, count in seen.items() if count > 1]


def _google_upload(tables: Files, incomplete: bool) -> Iterator[str]:
    read = {name: _read(content) for name, content in tables.items()}
    for name, (header, rows) in read.items():
        if not set(_GOOGLE_MANDATORY[name].split()) <= set(header):
            yield f"{name}: header"
        yield from _formulas(rows)
    machines = {row["MachineId"] for row in read["vmInfo"][1]}
    for name, (_, rows) in read.items():
        if any(row["MachineId"] not in machines for row in rows):
            yield f"{name}: details without a machine"
    for row in read["vmInfo"][1]:
        if not row["MachineId"] or not row["MachineName"] or row["IsPhysical"] not in ("true", "false"):
            yield f"machine {row}"
        sized = ("TotalDiskAllocatedGiB", "AllocatedProcessorCoreCount", "MemoryGiB", "OsName")
        if not incomplete and not all(row[column] for column in sized):
            yield f"not sized: {row}"
        for column in ("TotalDiskAllocatedGiB", "TotalDiskUsedGiB", "AllocatedProcessorCoreCount", "MemoryGiB"):
            if row[column] and not _number(row[column], 0, 1e18):
                yield f"{column} {row[column]!r}"
        for address in filter(None, row["IpAddressListSemiColonDelimited"].split(";")):
            ip_address(address)
    for row in read.get("perfInfo", ([], []))[1]:
        datetime.strptime(row["TimeStamp"], "%Y-%m-%d %H:%M:%S")
    labels = Counter[str]()
    for row in read.get("tagInfo", ([], []))[1]:
        labels[row["MachineId"]] += 1
        key, value = row["Key"], row["Value"]
        if not _label(key) or not key[:1].isalpha() or not _label(value):
            yield f"label {row}"
    if max(labels.values(), default=0) > 64:
        yield "more than 64 labels"


def _label(text: str) -> bool:
    """Lower case, digits, dashes, underscores, letters of any script; 63 characters."""
    return len(text) <= 63 and all(c in "-_" or c.isnumeric() or (c.isalpha() and c == c.lower()) for c in text)


def konveyor(files: Files) -> list[str]:
    """The hub's own reading: positions, not headers; every record in turn."""
    problems: list[str] = []
    names: list[str] = []
    needs: dict[str, set[str]] = defaultdict(set)
    for content in files.values():
        rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True, skipinitialspace=True))
        width = len(rows[0])
        problems += ["fields"] if width < 17 or any(len(row) != width for row in rows) else []
        for row in rows[1:]:
            said = _application(row, names) if row[0] == "1" else _dependency(row, names, needs)
            problems += [f"{row[:7]}: {said}"] if said else []
    return problems


def _application(row: list[str], names: list[str]) -> str:
    name = row[1].strip()
    if not name:
        return "Application Name is mandatory"
    if name in names:
        return "not unique"
    if any(row[7:10]) and not all(row[7:10]):
        return "binary"
    if row[15] and not re.search(r"(.+)\s<(.+@.+)>", row[15].strip()):
        return "owner"
    tags = [(row[i - 1], row[i]) for i in range(18, len(row), 2)]
    normal = [(re.sub(r"[-_\s]", "", category), re.sub(r"[-_\s]", "", tag)) for category, tag in tags]
    if any(tag and not category for category, tag in normal) or len(tags) > 20:
        return "tags"
    if len(name) > 120 or len(row[2]) > 250 or len(row[3]) > 250:
        return "longer than the form takes"
    names.append(name)
    return ""


def _dependency(row: list[str], names: list[str], needs: dict[str, set[str]]) -> str:
    if row[0] != "2":
        return "record type"
    ends = [_find(row[1], names), _find(row[5], names)]
    if ends != [row[1].strip(), row[5].strip()]:
        return f"found {ends}"
    if row[6].lower() not in ("northbound", "southbound"):
        return "direction"
    source, target = ends if row[6].lower() == "southbound" else ends[::-1]
    if target in needs[source]:
        return "twice"
    waiting, seen = [target], set[str]()
    while waiting:
        node = waiting.pop()
        if node == source:
            return "circle"
        waiting += [one for one in needs[node] if one not in seen]
        seen |= needs[node]
    needs[source].add(target)
    return ""


def _find(name: str, names: list[str]) -> str | None:
    """SQLite's `name LIKE ?`, the first by id."""
    pattern = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in name.strip())
    return next((one for one in names if re.fullmatch(pattern, one, re.IGNORECASE | re.DOTALL)), None)


VALIDATORS = {"azure-migrate": azure, "aws-ads": aws, "google-mc": google, "konveyor": konveyor}
