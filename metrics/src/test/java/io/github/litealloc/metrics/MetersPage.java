package io.github.litealloc.metrics;

import io.github.litealloc.ArenaFigure;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The page {@code docs/meters.md}: what it says, and what it should say. */
final class MetersPage {

  private static final Path PATH = Path.of("..", "docs", "meters.md");

  /** A section's heading, and the table below it. */
  private static final String SECTION = "## %s\n(?<prose>[^|#]*)(?<table>(?:\\|.*\n)+)";

  private static final String METERS_HEAD =
      "| meter | type | unit | own tag | figure | meaning |\n|---|---|---|---|---|---|\n";

  private static final Map<MeterScope, String> HEADINGS =
      Map.of(
          MeterScope.EVENT_LOOP, "Per event loop",
          MeterScope.ALLOCATOR, "Per allocator",
          MeterScope.STRATEGY, "Per strategy",
          MeterScope.BUDGET, "Per budget",
          MeterScope.PROCESS, "Per process");

  private MetersPage() {}

  static String read() throws IOException {
    return Files.readString(PATH);
  }

  /** Replaces the tables of meters by what the enum says. */
  static void write() throws IOException {
    String page = read();
    for (MeterScope scope : MeterScope.values()) {
      Matcher section = section(page, HEADINGS.get(scope));
      page =
          page.substring(0, section.start("table")) + table(scope) + page.substring(section.end());
    }
    Files.writeString(PATH, page);
  }

  static String tableOf(String page, MeterScope scope) {
    return section(page, HEADINGS.get(scope)).group("table");
  }

  static String proseOf(String page, MeterScope scope) {
    return section(page, HEADINGS.get(scope)).group("prose");
  }

  /** The figures that the page says have no meter, by getter, with the reason. */
  static Map<String, String> figuresWithoutMeter(String page) {
    Map<String, String> reasons = new TreeMap<>();
    section(page, "Figures without a meter")
        .group("table")
        .lines()
        .skip(2)
        .map(line -> line.split("\\|"))
        .forEach(cells -> reasons.put(cells[1].strip().replace("`", ""), cells[2].strip()));
    return reasons;
  }

  private static Matcher section(String page, String heading) {
    Matcher section = Pattern.compile(SECTION.formatted(heading)).matcher(page);
    if (!section.find()) {
      throw new AssertionError("docs/meters.md has no section \"" + heading + "\" with a table");
    }
    return section;
  }

  static String table(MeterScope scope) {
    return Arrays.stream(LiteAllocMeters.values())
        .filter(meter -> meter.scope() == scope)
        .map(MetersPage::line)
        .collect(Collectors.joining("\n", METERS_HEAD, "\n"));
  }

  private static String line(LiteAllocMeters meter) {
    String unit = meter.getBaseUnit();
    String figures =
        meter.figures().values().stream()
            .map(figure -> '`' + figure.id() + '`')
            .collect(Collectors.joining(", "));
    return String.join(
        " | ",
        "| `" + meter.getName() + '`',
        meter.getType().name().toLowerCase(Locale.ROOT),
        unit == null ? "" : unit,
        ownTags(meter),
        figures,
        meter.description() + " |");
  }

  private static String ownTags(LiteAllocMeters meter) {
    Set<String> common =
        Arrays.stream(meter.scope().keys).map(KeyName::asString).collect(Collectors.toSet());
    return Arrays.stream(meter.getKeyNames())
        .map(KeyName::asString)
        .filter(key -> !common.contains(key))
        .map(key -> '`' + key + '`' + values(meter.figures(), key))
        .collect(Collectors.joining(", "));
  }

  private static String values(Map<Tags, ArenaFigure> figures, String key) {
    String values =
        figures.keySet().stream()
            .flatMap(Tags::stream)
            .filter(tag -> tag.getKey().equals(key))
            .map(tag -> '`' + tag.getValue() + '`')
            .collect(Collectors.joining(", "));
    return values.isEmpty() ? "" : ": " + values;
  }
}
