package io.github.litealloc.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The Grafana board that comes in the jar: what can be said of it without Grafana. Its queries are
 * answered in {@link LivePrometheusTest}.
 */
final class BoardTest {

  private static final int COLUMNS = 24;
  private static final Pattern METRIC = Pattern.compile("lite_alloc_[a-z_]+");
  private static final Pattern SELECTOR = Pattern.compile("lite_alloc_[a-z_]+(\\{[^}]*})?");
  private static final Pattern COUNTER =
      Pattern.compile("(rate|increase)\\(lite_alloc_[a-z_]+_total");

  private static final Pattern TIMER =
      Pattern.compile("rate\\(lite_alloc_[a-z_]+_seconds_(sum|count)");

  private JsonNode board;
  private final List<JsonNode> panels = new ArrayList<>();

  static JsonNode read() throws IOException {
    return new ObjectMapper().readTree(PrometheusTools.shipped("grafana/lite-alloc-overview.json"));
  }

  /** All queries of all panels. */
  static List<String> queries() throws IOException {
    List<String> queries = new ArrayList<>();
    for (JsonNode panel : read().path("panels")) {
      panel.path("targets").forEach(target -> queries.add(target.path("expr").asText()));
    }
    return queries;
  }

  @BeforeEach
  void load() throws IOException {
    board = read();
    board.path("panels").forEach(panels::add);
  }

  @Test
  void panels_all_haveIdTitleDescriptionUnitAndSource() {
    Set<Integer> ids = new HashSet<>();
    Set<String> titles = new HashSet<>();
    for (JsonNode panel : panels) {
      assertThat(ids.add(panel.path("id").asInt())).as("%s", panel).isTrue();
      assertThat(panel.path("title").asText()).isNotBlank();
      if (panel.path("type").asText().equals("row")) {
        continue;
      }
      titles.add(panel.path("title").asText());
      assertThat(panel.path("type").asText()).isIn("timeseries", "stat", "table");
      assertThat(panel.path("description").asText()).as("%s", panel.path("title")).isNotBlank();
      assertThat(panel.path("fieldConfig").path("defaults").path("unit").asText()).isNotBlank();
      assertThat(panel.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
      assertThat(panel.path("targets")).isNotEmpty();
      Set<String> refs = new HashSet<>();
      for (JsonNode target : panel.path("targets")) {
        assertThat(refs.add(target.path("refId").asText())).isTrue();
        assertThat(target.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
        assertThat(target.path("expr").asText()).isNotBlank();
      }
    }
    assertThat(titles).hasSizeGreaterThan(20);
  }

  @Test
  void panels_onTheGrid_doNotOverlap() {
    Set<String> taken = new HashSet<>();
    for (JsonNode panel : panels) {
      JsonNode at = panel.path("gridPos");
      assertThat(at.path("x").asInt() + at.path("w").asInt()).isLessThanOrEqualTo(COLUMNS);
      assertThat(at.path("h").asInt()).isPositive();
      for (int x = at.path("x").asInt(); x < at.path("x").asInt() + at.path("w").asInt(); x++) {
        for (int y = at.path("y").asInt(); y < at.path("y").asInt() + at.path("h").asInt(); y++) {
          assertThat(taken.add(x + "," + y)).as("%s at %s, %s", panel.path("title"), x, y).isTrue();
        }
      }
    }
  }

  @Test
  void queries_all_selectByJobAndInstance() throws IOException {
    for (String query : queries()) {
      var selectors = SELECTOR.matcher(query);
      while (selectors.find()) {
        assertThat(selectors.group(1))
            .as(query)
            .contains("job=~\"$job\"", "instance=~\"$instance\"");
      }
      // A counter says nothing but how much it grows.
      int counters = query.split("_total\\{", -1).length - 1;
      int times = query.split("_seconds_(sum|count)\\{", -1).length - 1;
      assertThat(TIMER.matcher(query).results().count()).as(query).isEqualTo(times);
      assertThat(COUNTER.matcher(query).results().count()).as(query).isEqualTo(counters);
      assertThat(query).doesNotContain("[1m]", "[5m]").doesNotContain("strategy=~");
    }
  }

  @Test
  void variables_all_areDefinedAndUsed() throws IOException {
    Set<String> names = new TreeSet<>();
    for (JsonNode variable : board.path("templating").path("list")) {
      names.add(variable.path("name").asText());
    }
    assertThat(names).containsExactly("allocator", "datasource", "event_loop", "instance", "job");
    String all = board.toString();
    for (String name : names) {
      assertThat(all).containsPattern("\\$\\{?" + name);
    }
    assertThat(
            Pattern.compile("\\$([a-z_]+)")
                .matcher(String.join("\n", queries()))
                .results()
                .map(match -> match.group(1))
                .filter(name -> !name.startsWith("__"))
                .collect(Collectors.toSet()))
        .isSubsetOf(names);
  }

  @Test
  void metrics_ofBoardAndRules_areThoseThatPrometheusSees() throws IOException {
    Set<String> seen = new TreeSet<>();
    for (String expected : PrometheusScrapeTest.EXPECTED) {
      seen.add(expected.split(" ")[0]);
    }
    assertThat(metrics(String.join("\n", queries())))
        .as("every meter is on the board, and nothing else")
        .isEqualTo(seen);
    // The names of recording rules, which are not metrics of ours, have a colon before them.
    String rules =
        PrometheusTools.shipped("prometheus/lite-alloc.rules.yml")
            .replaceAll("allocator:lite_alloc_\\w+", "");
    assertThat(metrics(rules)).isSubsetOf(seen);
  }

  private static Set<String> metrics(String text) {
    return METRIC
        .matcher(text)
        .results()
        .map(match -> match.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
