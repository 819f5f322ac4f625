package io.github.litealloc.benchmarks.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.record.ChunkFigures;
import io.github.litealloc.benchmarks.record.Traffic;
import io.github.litealloc.benchmarks.record.TrafficSummary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RecommendationTest {

  private static final Machine MACHINE = new Machine("a CPU", "a JDK", "a commit", "a date", 0);

  private final Map<Candidate, List<ReplayResult>> results = new LinkedHashMap<>();

  private void result(String id, long residentMib, double nanos) {
    long bytes = residentMib << 20;
    results.put(
        Candidate.of(id),
        List.of(
            new ReplayResult(
                nanos, bytes, bytes, bytes, bytes / 2, bytes, bytes, "", 0, 0, 1, 0, 0,
                List.of())));
  }

  private Recommendation recommend(boolean onLoop, int size) {
    return recommend(onLoop, size, Optional.empty());
  }

  private Recommendation recommend(boolean onLoop, int size, Optional<ChunkFigures> chunks) {
    Traffic.Builder builder = new Traffic.Builder();
    for (int i = 0; i < 100; i++) {
      builder.release(2L * i + 1, 0, builder.allocate(2L * i, 0, size));
    }
    Traffic traffic = builder.build(new boolean[] {onLoop}, Traffic.Losses.NONE, chunks);
    ReplayRuns runs =
        new ReplayRuns(
            new TrafficSummary(traffic), ReplayRuns.everybody(), 1, 1, 10, OptionalLong.empty());
    return Recommendation.of(Replay.of(runs, MACHINE, new Rounds.Results<>(1, results, "")));
  }

  @Test
  void of_smaller_isTaken() {
    result("hybrid", 50, 100);
    result("segregated-bump", 80, 50);
    result("pooled", 100, 100);
    result("adaptive", 110, 90);

    Recommendation recommendation = recommend(true, 1_024);

    assertThat(recommendation.verdict()).isEqualTo("Use lite (hybrid).");
    assertThat(recommendation.lines())
        .contains("-Dlitealloc.strategy=hybrid -Dlitealloc.maxBytes=80m")
        .contains("    .strategy(\"hybrid\")", "    .maxBytes(80L << 20)");
    assertThat(recommendation.reasons())
        .anyMatch(reason -> reason.contains("lite (hybrid) 50.0 MiB, pooled 100.0 MiB"))
        .anyMatch(reason -> reason.contains("64.0 KiB of it are promised to the 1 event loop"))
        .anyMatch(reason -> reason.contains("rounding up wastes 0.0 %"));
  }

  /** There is no such setting, and so no line to paste. */
  @Test
  void of_floors_saysWhyThereIsNoLine() {
    result("hybrid", 50, 100);
    result("pooled", 100, 100);

    Recommendation recommendation = recommend(true, 1_024);

    assertThat(recommendation.reasons())
        .anyMatch(
            reason ->
                reason.startsWith("floors: no line, for there is nothing to set")
                    && reason.contains("its first 64.0 KiB"));
    assertThat(recommendation.lines()).noneMatch(line -> line.contains("loor"));
  }

  @Test
  void of_chunksOfTheApplication_areAReason() {
    result("hybrid", 50, 100);
    result("pooled", 100, 100);
    ChunkFigures most = new ChunkFigures(2, 9, 9 << 20, 1, 1 << 20, 0, 0, 8 << 20);
    ChunkFigures some = new ChunkFigures(1, 1, 100, 1, 100, 0, 0, 100);

    assertThat(recommend(true, 1_024, Optional.of(most)).reasons())
        .anyMatch(
            reason ->
                reason.contains("the application itself (adaptive) held at most 8.00 MiB in chunks")
                    && reason.contains("; lite (hybrid) reserved at most 50.0 MiB"));
    assertThat(recommend(true, 1_024, Optional.of(some)).reasons())
        .anyMatch(
            reason ->
                reason.contains("(pooled) held at most 100 B")
                    && reason.contains("there were others"));
    assertThat(recommend(true, 1_024).reasons())
        .anyMatch(reason -> reason.contains("what the application itself held is unknown"));
  }

  @Test
  void of_sameMemory_isDecidedByTime() {
    result("hybrid", 102, 100);
    result("segregated-bump", 100, 50);
    result("pooled", 100, 100);

    assertThat(recommend(true, 1_024).verdict()).isEqualTo("Use lite (segregated-bump).");
  }

  @Test
  void of_noDifferenceThatCounts_isToStay() {
    result("hybrid", 97, 95);
    result("adaptive", 100, 100);

    Recommendation recommendation = recommend(true, 1_024);

    assertThat(recommendation.change()).isFalse();
    assertThat(recommendation.verdict()).startsWith("Stay with what you have, if it is adaptive");
    assertThat(recommendation.lines()).isEmpty();
  }

  @Test
  void of_fewMegabytes_doNotCount() {
    result("hybrid", 1, 100);
    result("adaptive", 4, 100);

    assertThat(recommend(true, 1_024).change()).isFalse();
  }

  @Test
  void of_largerButFaster_isToStayUnlessTimeMatters() {
    result("hybrid", 120, 50);
    result("adaptive", 100, 100);

    Recommendation recommendation = recommend(true, 1_024);

    assertThat(recommendation.change()).isFalse();
    assertThat(recommendation.verdict()).contains("adaptive", "unless time matters more");
  }

  @Test
  void of_smallerButSlower_isSaid() {
    result("hybrid", 50, 200);
    result("adaptive", 100, 100);

    assertThat(recommend(true, 1_024).verdict())
        .isEqualTo("Use lite (hybrid), unless time matters more to you than memory.");
  }

  @Test
  void of_notOnEventLoops_isToStay() {
    result("hybrid", 50, 50);
    result("adaptive", 100, 100);

    Recommendation recommendation = recommend(false, 1_024);

    assertThat(recommendation.change()).isFalse();
    assertThat(recommendation.reasons())
        .singleElement()
        .asString()
        .contains("only 0 % of the buffers", "--loops");
  }

  @Test
  void of_onlyOneSide_isToStay() {
    result("hybrid", 50, 50);

    assertThat(recommend(true, 1_024).verdict()).contains("not complete");
  }

  @Test
  void of_sizesThatTheClassesDoNotFit_hasClassesOfItsOwn() {
    result("segregated-bump", 50, 50);
    result("adaptive", 100, 100);

    Recommendation recommendation = recommend(true, 257);

    assertThat(recommendation.lines())
        .anyMatch(
            line ->
                line.contains(
                        "Strategies.segregatedBump(\"own-classes\", SizeClasses.of(16, 32, 48")
                    && line.contains(" 256, 272, 320,"));
  }
}
