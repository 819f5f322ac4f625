package io.github.litealloc.benchmarks;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Where, when and with what figures were made, without which they say nothing.
 *
 * @param cpu the processor, its number of cores and the operating system
 * @param jdk version and vendor of the JVM
 * @param commit of the sources, or {@code unknown}
 * @param date UTC, to the second
 * @param load what else the machine did: the load average of the last minute for each core,
 *     negative if unknown
 */
public record Machine(String cpu, String jdk, String commit, String date, double load) {

  /** Above this, others use a good part of the machine, and times say little. */
  private static final double IDLE_LOAD = 0.3;

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /**
   * Describes this machine and this moment.
   *
   * @return what is known
   */
  public static Machine here() {
    return new Machine(
        cpuModel()
            + ", "
            + Text.count(Runtime.getRuntime().availableProcessors(), "core")
            + ", "
            + System.getProperty("os.name")
            + ' '
            + System.getProperty("os.version"),
        System.getProperty("java.runtime.version") + " (" + System.getProperty("java.vendor") + ')',
        SourceCommit.here(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()
            / Runtime.getRuntime().availableProcessors());
  }

  /**
   * Names another JDK, for figures that were not made by the one that runs this.
   *
   * @param jdk version and vendor, or those of several
   * @return the same machine and moment
   */
  public Machine withJdk(String jdk) {
    return new Machine(cpu, jdk, commit, date, load);
  }

  /**
   * Says whether the machine was free for the measurement.
   *
   * @return {@code false} if it was known to be busy
   */
  public boolean wasIdle() {
    return load <= IDLE_LOAD;
  }

  /**
   * Writes everything for a reader, as the first lines above a table.
   *
   * @return lines, each with its end
   */
  public String header() {
    return String.format(
        Locale.ROOT,
        "machine         %s%nJDK             %s%ncommit          %s%ndate            %s%n"
            + "load before     %.2f for each core%s%n",
        cpu,
        jdk,
        commit,
        date,
        load,
        wasIdle() ? "" : ": NOT idle, expect wrong times and wide min-max");
  }

  /**
   * Writes everything as fields of the JSON object that is open.
   *
   * @param json where to
   * @throws IOException if writing fails
   */
  public void writeTo(JsonGenerator json) throws IOException {
    json.writeStringField("machine", cpu);
    json.writeStringField("jdk", jdk);
    json.writeStringField("commit", commit);
    json.writeStringField("date", date);
    json.writeNumberField("loadBefore", load);
  }

  private static String cpuModel() {
    if (Files.isReadable(CPU_INFO)) {
      try (Stream<String> lines = Files.lines(CPU_INFO)) {
        return lines
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).trim())
            .orElseGet(Machine::architecture);
      } catch (IOException e) {
        return architecture();
      }
    }
    return architecture();
  }

  private static String architecture() {
    return System.getProperty("os.arch");
  }
}
