package io.github.litealloc.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** README repeats figures of {@code docs/benchmarks.md}: the same ones, and all verdicts. */
final class ReadmeFiguresTest {

  private static final Pattern VERDICT =
      Pattern.compile("(met|missed|undecided)\\b.*: (\\d+\\.\\d\\d) \\(.*");

  private static final Page README = Page.of("README.md");

  private static List<List<Matcher>> measured() {
    List<List<Matcher>> measured = new ArrayList<>();
    for (List<String> row : Page.of("docs/benchmarks.md").table("## Allocating, releasing", 1)) {
      List<Matcher> cells = new ArrayList<>();
      for (String cell : row.subList(1, row.size())) {
        Matcher verdict = VERDICT.matcher(cell);
        assertThat(verdict.matches()).as(cell).isTrue();
        cells.add(verdict);
      }
      measured.add(cells);
    }
    return measured;
  }

  @Test
  void ratios_areThoseOfBenchmarks() {
    List<List<String>> rows =
        README.table("## How fast", 1).stream().map(row -> row.subList(1, row.size())).toList();
    List<List<String>> measured =
        measured().stream().map(row -> row.stream().map(cell -> cell.group(2)).toList()).toList();
    assertThat(rows).isNotEmpty().isEqualTo(measured);
  }

  @Test
  void verdicts_areCounted() {
    List<String> verdicts =
        measured().stream().flatMap(List::stream).map(cell -> cell.group(1)).toList();
    String expected =
        "of the %d targets, %d were met, %d missed, and %d undecided"
            .formatted(
                verdicts.size(),
                count(verdicts, "met"),
                count(verdicts, "missed"),
                count(verdicts, "undecided"));
    assertThat(String.join(" ", README.prose())).contains(expected);
  }

  private static long count(List<String> verdicts, String verdict) {
    return verdicts.stream().filter(verdict::equals).count();
  }
}
