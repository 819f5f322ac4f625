package io.github.litealloc.benchmarks.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The detectors detect. */
final class CirclesTest {

  @Test
  void of_chain_findsNone() {
    assertThat(Circles.of(Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of()))).isEmpty();
  }

  @Test
  void of_twoCirclesAndABridge_findsBoth() {
    Map<String, Set<String>> graph =
        Map.of(
            "a", Set.of("b"),
            "b", Set.of("c"),
            "c", Set.of("a", "x"),
            "x", Set.of("y"),
            "y", Set.of("x", "z"),
            "z", Set.of());

    assertThat(Circles.of(graph)).containsExactly(Set.of("a", "b", "c"), Set.of("x", "y"));
  }

  @Test
  void of_typeThatNamesItself_isNoCircle() {
    assertThat(Circles.of(Map.of("a", Set.of("a")))).isEmpty();
  }

  @Test
  void code_ofCommentsAndTexts_isNothing() {
    String text =
        """
        /* One */ class A { // Two
          String s = "Three /* \\" Four", t = "*/"; char c = '"'; /** {@link Five} */ Six six;
        }
        """;

    assertThat(SourceTree.code(text))
        .contains("class A {", "Six six")
        .doesNotContain("One", "Two", "Three", "Four", "Five");
  }
}
