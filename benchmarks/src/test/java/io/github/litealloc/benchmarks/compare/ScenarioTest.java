package io.github.litealloc.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.benchmarks.ThreadKind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

class ScenarioTest {

  @ParameterizedTest
  @MethodSource("all")
  void all_eachScenario_namesABenchmarkAndItsParameters(Scenario scenario) throws Exception {
    int dot = scenario.benchmark().lastIndexOf('.');
    Class<?> type = Class.forName(scenario.benchmark().substring(0, dot));

    assertThat(type.getMethods())
        .filteredOn(method -> method.getName().equals(scenario.benchmark().substring(dot + 1)))
        .singleElement()
        .satisfies(
            method ->
                assertThat(method.getAnnotation(OperationsPerInvocation.class).value())
                    .isEqualTo(scenario.operations()));
    assertThatCode(() -> type.getField("allocator")).doesNotThrowAnyException();
    for (String parameter : scenario.parameters().keySet()) {
      assertThatCode(() -> type.getField(parameter)).doesNotThrowAnyException();
    }
    assertThat(Scenario.of(scenario.id())).isEqualTo(scenario);
  }

  static Iterable<Scenario> all() {
    return Scenario.ALL;
  }

  @Test
  void seeds_whatIsDrawn_hasOne() {
    assertThat(Scenario.of("steady-small-1024").seeds())
        .isEqualTo(Map.of("sizes", 11L, "slots", 13L));
    assertThat(Scenario.of("steady-state-1024-uniform").on(ThreadKind.LOOP, 2).seeds())
        .containsOnlyKeys("sizes", "slots");
    assertThat(Scenario.of("cycle-16-1024").seeds()).isEmpty();
    assertThat(Scenario.of("cycle-16-1024").on(ThreadKind.LOOP, 2).seeds()).isEmpty();
    assertThat(Scenario.recorded("app", "app.litealloc", 7).on(ThreadKind.LOOP, 2).seeds())
        .isEqualTo(Map.of("buffers", 7L));
  }

  @Test
  void of_unknownId_isRefused() {
    assertThatThrownBy(() -> Scenario.of("nothing"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing");
    assertThat(Scenario.ids()).doesNotHaveDuplicates().contains("growth", "remote-release-256");
  }
}
