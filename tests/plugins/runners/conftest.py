"""A cluster of Spark on this machine, whose workers are processes of their own."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

WORKERS = 2
SUBJECTS = 16
"""How many subjects a part has, about."""

DEFAULTS = f"""
spark.master local-cluster[{WORKERS},1,1024]
spark.driver.host 127.0.0.1
spark.executor.memory 512m
spark.ui.enabled false
spark.ui.showConsoleProgress false
spark.sql.shuffle.partitions 2
spark.duly.subjects {SUBJECTS}
"""

QUIET = """
rootLogger.level = off
rootLogger.appenderRef.none.ref = none
appender.none.type = Null
appender.none.name = none
"""


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The session that runs find, of a cluster that is configured from outside."""
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    folder = tmp_path_factory.mktemp("spark")
    settings = f"{DEFAULTS}spark.sql.warehouse.dir {folder / 'tables'}\n"
    (folder / "spark-defaults.conf").write_text(settings, encoding="utf-8")
    (folder / "log4j2.properties").write_text(QUIET, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(folder))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        from duly.plugins.runners.spark_run import session

        opened = session()
        application = opened.sparkContext.applicationId
        yield opened
        opened.stop()
    remove_logs(application)


def remove_logs(application: str) -> None:
    """What the workers of such a cluster leave where Spark is installed."""
    import pyspark

    work = Path(pyspark.__file__).parent / "work"
    shutil.rmtree(work / application, ignore_errors=True)
    if work.is_dir() and not any(work.iterdir()):
        work.rmdir()
