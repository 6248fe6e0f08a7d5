"""Who Northwind Bank is: its applications, people, products. Everything here is invented; only the formats are real.

Constants only; what is built from them lives in world.py, how exports distort it in the writers.
"""

from __future__ import annotations

from dataclasses import dataclass

DOMAIN = "northwind-bank.example"
SITES = {"zrh": ("Zürich DC1", "DC-Zurich", 20), "fra": ("Frankfurt DC2", "DC-Frankfurt", 30)}
ENVIRONMENTS = {"p": "production", "t": "test", "d": "development"}

PEOPLE = (
    "Anja Müller",
    "Bram Okafor",
    "Celia Ferreira",
    "Dieter Vogt",
    "Esra Polat",
    "Finn Gallagher",
    "Greta Lindholm",
    "Hugo Baptiste",
    "Ines Marchetti",
    "Jörg Weiß",
    "Katya Sorokin",
    "Luc Renard",
    "Mei Tanaka",
    "Noor Haddad",
)


@dataclass(frozen=True)
class Os:
    """One operating system as five products spell it. vcenter: guest name; cmdb: ServiceNow's list value."""

    family: str
    cmdb: str
    vcenter: str
    caption: str
    version: str
    sheet: str


WIN2022 = Os(
    "windows",
    "Windows 2022 Standard",
    "Microsoft Windows Server 2022 (64-bit)",
    "Microsoft Windows Server 2022 Standard",
    "10.0.20348",
    "Win 2022 Std",
)
WIN2019 = Os(
    "windows",
    "Windows 2019 Standard",
    "Microsoft Windows Server 2019 (64-bit)",
    "Microsoft Windows Server 2019 Standard",
    "10.0.17763",
    "Win2019",
)
WIN2016 = Os(
    "windows",
    "Windows 2016 Standard",
    "Microsoft Windows Server 2016 (64-bit)",
    "Microsoft Windows Server 2016 Standard",
    "10.0.14393",
    "W2K16",
)
WIN2012 = Os(
    "windows",
    "Windows 2012 R2 Standard",
    "Microsoft Windows Server 2012 (64-bit)",
    "Microsoft Windows Server 2012 R2 Standard",
    "6.3.9600",
    "Windows 2012R2",
)
RHEL8 = Os("linux", "Linux Red Hat", "Red Hat Enterprise Linux 8 (64-bit)", "", "8.9", "RHEL 8")
RHEL7 = Os("linux", "Linux Red Hat", "Red Hat Enterprise Linux 7 (64-bit)", "", "7.9", "RHEL7.9")
UBUNTU = Os("linux", "Linux Ubuntu", "Ubuntu Linux (64-bit)", "", "22.04", "Ubuntu 22.04 LTS")
ESXI = Os("esxi", "VMware ESXi", "VMware ESXi 7.0.3 build-21930508", "", "7.0.3", "ESXi 7")
WIN11 = Os("windows", "Windows 11 Enterprise", "", "Microsoft Windows 11 Enterprise", "10.0.22631", "Win 11")


@dataclass(frozen=True)
class App:
    """One application. tiers: servers in production per role (web, app, db); others: further environments.

    needs: codes of the applications it calls. listed: it has a row in the application team's workbook.
    """

    code: str
    name: str
    department: str
    criticality: int
    os: tuple[Os, ...]
    engine: str
    tiers: tuple[int, int, int]
    others: str
    needs: tuple[str, ...]
    strategy: str
    listed: bool = True


MSSQL, ORACLE, POSTGRES = "MSSQL", "Oracle", "PostgreSQL"
APPS = (
    App("core", "Core Banking", "Retail", 1, (RHEL8,), ORACLE, (2, 4, 2), "td", (), "Retain"),
    App("pay", "Payments Hub", "Payments", 1, (RHEL8,), ORACLE, (2, 4, 2), "td", ("core", "fraud", "swift"),
        "Replatform"),
    App("swift", "SWIFT Gateway", "Payments", 1, (WIN2016,), MSSQL, (0, 2, 1), "t", ("core",), "Retain"),
    App("cards", "Card Management", "Cards", 1, (WIN2019,), MSSQL, (2, 3, 2), "t", ("core", "fraud"), "Rehost"),
    App("fraud", "Fraud Screening", "Risk", 1, (RHEL8,), POSTGRES, (0, 3, 2), "t", (), "Replatform"),
    App("ebank", "E-Banking", "Channels", 1, (RHEL8,), POSTGRES, (4, 4, 2), "td", ("core", "pay", "cards", "crm"),
        "Refactor"),
    App("mbank", "Mobile Banking API", "Channels", 1, (UBUNTU,), POSTGRES, (2, 3, 1), "t", ("ebank", "core"),
        "Refactor"),
    App("crm", "Customer 360", "Sales", 2, (WIN2019,), MSSQL, (2, 2, 1), "t", ("core",), "Rehost"),
    App("loan", "Loan Origination", "Retail", 2, (WIN2016,), MSSQL, (1, 2, 1), "t", ("core", "crm", "dms"), "Rehost"),
    App("dms", "Document Archive", "Operations", 2, (WIN2012,), MSSQL, (1, 2, 1), "", (), "Replace"),
    App("trea", "Treasury Workbench", "Treasury", 2, (WIN2016,), MSSQL, (0, 2, 1), "t", ("mkt", "core"), "Rehost"),
    App("mkt", "Market Data Feed", "Treasury", 2, (RHEL7,), POSTGRES, (0, 2, 1), "", (), "Rehost"),
    App("risk", "Risk Engine", "Risk", 2, (RHEL8,), ORACLE, (0, 4, 1), "t", ("mkt", "dwh"), "Replatform"),
    App("dwh", "Data Warehouse", "Finance", 2, (RHEL8,), ORACLE, (0, 3, 1), "t", ("core", "cards"), "Replatform"),
    App("bi", "Management Reporting", "Finance", 3, (WIN2019,), MSSQL, (1, 1, 1), "", ("dwh",), "Rehost"),
    App("gl", "General Ledger", "Finance", 2, (WIN2016,), MSSQL, (0, 2, 1), "t", ("core",), "Rehost"),
    App("hr", "HR Portal", "Human Resources", 3, (WIN2012,), MSSQL, (1, 1, 1), "", (), "Replace"),
    App("intra", "Intranet", "Communications", 4, (WIN2019,), MSSQL, (2, 0, 1), "", (), "Replace"),
    App("atm", "ATM Switch", "Cards", 1, (RHEL7,), ORACLE, (0, 2, 1), "t", ("cards", "core"), "Retain"),
    App("aml", "AML Monitoring", "Compliance", 1, (RHEL8,), POSTGRES, (0, 2, 1), "t", ("pay", "core"), "Rehost"),
    App("print", "Statement Printing", "Operations", 3, (WIN2012,), MSSQL, (0, 2, 1), "", ("core", "dms"), "Retire"),
    App("etr", "E-Trading", "Treasury", 1, (RHEL8,), POSTGRES, (2, 2, 1), "t", ("mkt", "core"), "Rehost"),
    App("ticket", "Service Desk", "IT", 3, (UBUNTU,), POSTGRES, (1, 1, 1), "", (), "Replace", listed=False),
    App("ci", "Build Platform", "IT", 4, (UBUNTU,), POSTGRES, (0, 3, 1), "", (), "Rehost", listed=False),
)  # fmt: skip


@dataclass(frozen=True)
class Infra:
    """Servers that serve everyone. physical: not a VM."""

    role: str
    count: int
    os: Os
    purpose: str
    physical: bool = False


INFRA = (
    Infra("dc", 4, WIN2019, "Domain controller, DNS"),
    Infra("ntp", 2, UBUNTU, "Time server"),
    Infra("bck", 2, RHEL8, "Backup media server", physical=True),
    Infra("mon", 1, UBUNTU, "Monitoring server"),
    Infra("jmp", 2, WIN2022, "Jump host"),
    Infra("scan", 1, UBUNTU, "Vulnerability scanner"),
    Infra("file", 2, WIN2016, "File server"),
    Infra("smtp", 2, RHEL8, "Mail relay"),
    Infra("vc", 2, UBUNTU, "vCenter Server appliance"),
    Infra("sccm", 1, WIN2019, "Configuration Manager site server"),
    Infra("log", 1, RHEL8, "Syslog collector"),
)

PORTS = {MSSQL: 1433, ORACLE: 1521, POSTGRES: 5432}
CRITICALITY = {1: "1 - most critical", 2: "2 - somewhat critical", 3: "3 - less critical", 4: "4 - not critical"}
