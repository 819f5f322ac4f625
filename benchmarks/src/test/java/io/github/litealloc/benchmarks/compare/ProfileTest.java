package io.github.litealloc.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProfileTest {

  private static final Profile PROFILE =
      new Profile(
          Map.of(
              "io.github.litealloc.netty.LiteByteBuf.reuse", 10,
              "io.github.litealloc.Arena.allocate", 50,
              "io.github.litealloc.benchmarks.jmh.AccessBenchmark.getByte", 5,
              "io.netty.util.internal.PlatformDependent0.cas > Unsafe.compareAndSwapInt", 30,
              "java.lang.Thread.run", 5));

  private final StringWriter progress = new StringWriter();

  private Map<ComparePlan.Run, Profile> profilesOf(
      Comparison comparison, List<ComparePlan.Run> profiled) {
    return Profiles.ofMissed(
        comparison,
        run -> {
          profiled.add(run);
          return PROFILE;
        },
        Duration.ofSeconds(3),
        new PrintWriter(progress));
  }

  @Test
  void methods_someOfThem_areTheLargestFirst() {
    assertThat(PROFILE.methods(2))
        .containsExactly(
            new Profile.Line("io.github.litealloc.Arena.allocate", 0.5),
            new Profile.Line(
                "io.netty.util.internal.PlatformDependent0.cas > Unsafe.compareAndSwapInt", 0.3));
    assertThat(PROFILE.methods(100)).hasSize(5);
  }

  @Test
  void methods_almostWithoutSamples_areLeftOut() {
    assertThat(new Profile(Map.of("a.B.often", 996, "a.B.seldom", 4)).methods(10))
        .containsExactly(new Profile.Line("a.B.often", 0.996));
  }

  @Test
  void parts_areToldApartByPackage() {
    assertThat(PROFILE.parts())
        .containsExactly(
            new Profile.Line("our arena", 0.5),
            new Profile.Line("Netty", 0.3),
            new Profile.Line("our buffers", 0.1),
            new Profile.Line("other", 0.05),
            new Profile.Line("the benchmark", 0.05));
  }

  @Test
  void ofMissed_oneOfTwoIsMissed_profilesThatOneAndItsPeer() {
    List<ComparePlan.Run> profiled = new ArrayList<>();

    Map<ComparePlan.Run, Profile> profiles = profilesOf(MadeUp.metAndMissed(), profiled);

    assertThat(profiled)
        .containsExactly(
            MadeUp.run(MadeUp.NEW_DISABLED, MadeUp.HYBRID),
            MadeUp.run(MadeUp.NEW_DISABLED, MadeUp.ADAPTIVE));
    assertThat(profiles.keySet()).containsExactlyElementsOf(profiled);
    assertThat(progress.toString()).contains("2 profiles", "about 6 seconds");
  }

  @Test
  void text_missedTarget_showsBothWithTheirShareOfTheMeasuredTime() {
    Comparison comparison = MadeUp.metAndMissed();
    StringWriter out = new StringWriter();

    ProfilesText.print(comparison, profilesOf(comparison, new ArrayList<>()), new PrintWriter(out));

    assertThat(out.toString())
        .containsSubsequence(
            "allocate-release-1024, Java 25.0.1, disabled: lite (hybrid) 1.20 x adaptive,"
                + " missed, 2.18 x the target",
            "lite (hybrid), 24.0 ns/op, 100 samples: our arena 50 %, Netty 30 %",
            "12.0 ns  50 %  Arena.allocate",
            "7.2 ns  30 %  PlatformDependent0.cas > Unsafe.compareAndSwapInt",
            "adaptive, 20.0 ns/op, 100 samples",
            "10.0 ns  50 %  Arena.allocate");
  }

  @Test
  void text_nothingMissed_saysSo() {
    Comparison comparison = MadeUp.comparison(0);
    StringWriter out = new StringWriter();

    ProfilesText.print(comparison, profilesOf(comparison, new ArrayList<>()), new PrintWriter(out));

    assertThat(out.toString()).contains("No target was missed for certain");
  }
}
