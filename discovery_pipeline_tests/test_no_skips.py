"""The switch that turns skipped tests into failed ones, tried on a suite that skips in every way there is."""

from __future__ import annotations

import pytest

SUITE = {
    "test_marked": "import pytest\n@pytest.mark.skip(reason='no browser')\ndef test(): ...",
    "test_called": "import pytest\ndef test(): pytest.skip('no model server')",
    "test_fixture": "import pytest\n@pytest.fixture\ndef gone(): pytest.skip('no fixture')\ndef test(gone): ...",
    "test_file": "import pytest\npytest.importorskip('no_such_module')\ndef test(): ...",
    "test_expected": "import pytest\n@pytest.mark.xfail\ndef test(): assert False",
    "test_fine": "def test(): ...",
}


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    pytester.makepyfile(**SUITE)
    return pytester.runpytest_inprocess("-p", "discovery_pipeline_tests.no_skips", "-p", "no:cacheprovider", *options)


def test_skips_are_skips_by_default(pytester: pytest.Pytester) -> None:
    result = run(pytester)
    assert result.ret == 0
    result.assert_outcomes(passed=1, skipped=4, xfailed=1)


def test_with_the_switch_every_skip_fails_with_its_reason(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--no-skips", "--continue-on-collection-errors")
    result.assert_outcomes(passed=1, failed=1, errors=3, xfailed=1)
    for reason in ("no browser", "no model server", "no fixture", "could not import 'no_such_module'"):
        result.stdout.fnmatch_lines([f"*{reason}*--no-skips*"])


def test_a_file_that_skips_itself_alone_fails_the_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_file=SUITE["test_file"])
    assert pytester.runpytest_inprocess("-p", "discovery_pipeline_tests.no_skips", "--no-skips").ret != 0
