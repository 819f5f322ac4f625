package io.github.litealloc.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/**
 * Walks the recipe for a new figure, which is in {@code docs/meters.md}: from the getter in {@link
 * ArenaStatistics} by {@link ArenaFigure} and {@link LiteAllocMeters} to the page.
 *
 * <p>With {@code -Dlitealloc.docs.write=true} it writes the page's tables of meters.
 */
final class FigureRecipeTest {

  /** Dashboards and alerts know these meters, so they stay; their figures say more. */
  private static final Map<ArenaFigure, Set<String>> NAMED_OTHERWISE =
      Map.of(
          ArenaFigure.LIVE_BLOCKS, Set.of("live", "buffers"),
          ArenaFigure.PEAK_USED_BYTES, Set.of("peak"),
          ArenaFigure.CACHED_BYTES, Set.of("kept"));

  private interface Series {
    void accept(LiteAllocMeters meter, Tags tags, ArenaFigure figure);
  }

  private static void forEachSeries(Series action) {
    for (LiteAllocMeters meter : LiteAllocMeters.values()) {
      BiConsumer<Tags, ArenaFigure> each = (tags, figure) -> action.accept(meter, tags, figure);
      meter.figures().forEach(each);
    }
  }

  @Test
  void figures_all_haveOneMeterOrAReasonOnThePage() throws IOException {
    Map<ArenaFigure, LiteAllocMeters> meters = new EnumMap<>(ArenaFigure.class);
    forEachSeries(
        (meter, tags, figure) -> {
          LiteAllocMeters other = meters.put(figure, meter);
          // A counter may have two: the loop's ends with the loop, the allocator's does not.
          assertThat(other == null ? null : other.scope())
              .as("another meter of %s", figure)
              .isNotEqualTo(meter.scope());
        });
    Map<String, String> reasons = MetersPage.figuresWithoutMeter(MetersPage.read());
    for (ArenaFigure figure : ArenaFigure.values()) {
      assertThat(reasons.containsKey(figure.id()))
          .as("%s is listed as a figure without a meter, or has one", figure)
          .isNotEqualTo(meters.containsKey(figure));
    }
    assertThat(Arrays.stream(ArenaFigure.values()).map(ArenaFigure::id))
        .containsAll(reasons.keySet());
    assertThat(reasons.values()).allSatisfy(reason -> assertThat(reason).isNotBlank());
  }

  @Test
  void names_ofMeterAndFigure_haveTheSameWords() {
    forEachSeries(
        (meter, tags, figure) -> {
          Set<String> figureWords = words(figure.name().toLowerCase(Locale.ROOT));
          figureWords.remove("bytes"); // the meter's unit, see below
          Set<String> meterWords = words(meter.getName());
          meterWords.removeAll(Set.of("lite", "alloc", "memory", "loop"));
          tags.stream().map(Tag::getValue).map(FigureRecipeTest::words).forEach(meterWords::addAll);
          assertThat(meterWords)
              .as("%s %s shows %s", meter, tags, figure)
              .isEqualTo(NAMED_OTHERWISE.getOrDefault(figure, figureWords));
        });
  }

  private static Set<String> words(String name) {
    return new TreeSet<>(Arrays.asList(name.split("[._-]")));
  }

  @Test
  void typeAndUnit_ofTheMeter_areTheFigures() {
    forEachSeries(
        (meter, tags, figure) -> {
          assertThat(meter.getType() == Meter.Type.COUNTER)
              .as("%s is a counter, %s is", meter, figure)
              .isEqualTo(figure.kind() == ArenaFigure.Kind.COUNTER);
          assertThat("bytes".equals(meter.getBaseUnit()))
              .as("%s is in bytes, %s is", meter, figure)
              .isEqualTo(figure.isBytes());
        });
  }

  @Test
  void values_afterTraffic_areTheFigures() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("a").build();
        TestLoop loop = new TestLoop("loop-1");
        LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      ByteBuf buffer = loop.call(() -> allocator.directBuffer(3_000));
      loop.call(() -> buffer.capacity(70_000));
      loop.release(loop.call(() -> allocator.directBuffer(100)));
      metrics.bindTo(registry);
      ArenaStatistics statistics = allocator.metric().arenas().get(0).statistics();

      forEachSeries(
          (meter, tags, figure) ->
              assertThat(
                      registry
                          .get(meter.getName())
                          .tags(tags)
                          .meter()
                          .measure()
                          .iterator()
                          .next()
                          .getValue())
                  .as("%s %s", meter, tags)
                  .isEqualTo(statistics.get(figure)));
      loop.release(buffer);
    }
  }

  @Test
  void page_ofMeters_isWhatTheEnumSays() throws IOException {
    if (Boolean.getBoolean("litealloc.docs.write")) {
      MetersPage.write();
    }
    String page = MetersPage.read();
    for (MeterScope scope : MeterScope.values()) {
      assertThat(MetersPage.tableOf(page, scope))
          .as("docs/meters.md (to write it: -Dlitealloc.docs.write=true)")
          .isEqualTo(MetersPage.table(scope));
      for (KeyName key : scope.keys) {
        assertThat(MetersPage.proseOf(page, scope)).contains('`' + key.asString() + '`');
      }
    }
    for (FallbackReason reason : FallbackReason.values()) {
      assertThat(page).contains('`' + reason.id() + '`');
    }
  }
}
