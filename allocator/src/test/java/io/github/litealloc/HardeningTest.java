package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The options; what they do is tested in {@link HardenedArenaTest} and {@link WipingTest}. */
final class HardeningTest {

  @Test
  void off_anyStrategy_leavesTheArenaAsItWas() throws Exception {
    for (StrategyFactory strategy : TestStrategies.all()) {
      Arena never = Arena.builder().strategy(strategy).build();
      Arena off = Arena.builder().strategy(strategy).hardening(Hardening.off()).build();
      for (String field : List.of("strategy", "inbox", "checks")) {
        assertThat(field(off, field)).hasSameClassAs(field(never, field));
      }
      assertThat(field(off, "strategy")).isNotInstanceOf(HardenedStrategy.class);
      assertThat(field(off, "inbox")).isExactlyInstanceOf(RemoteFreeInbox.class);
      assertThat(field(off, "hardened")).isNull();
      assertThat(field(field(off, "router"), "maxStrategyBytes"))
          .isEqualTo(field(field(never, "router"), "maxStrategyBytes"));
    }
  }

  @Test
  void build_zeroOnFreeAlone_neitherChecksNorTraces() throws Exception {
    Arena arena = Arena.builder().checked(false).hardening(Hardening.zeroOnFree()).build();
    assertThat(field(arena, "strategy")).isExactlyInstanceOf(HardenedStrategy.class);
    assertThat(field(arena, "checks")).isNull();
    assertThat(field(arena, "inbox")).isExactlyInstanceOf(RemoteFreeInbox.class);
  }

  private static Object field(Object of, String name) throws Exception {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }

  @Test
  void presets_areWhatTheySay() {
    assertThat(Hardening.off().isOn()).isFalse();
    assertThat(Hardening.builder().build().isOn()).isFalse();
    assertThat(Hardening.off()).hasToString("Hardening(off)");
    assertThat(Hardening.debug())
        .hasToString(
            "Hardening(poison: true, guardBytes: 16, quarantine: 1024 blocks and 1048576 bytes,"
                + " zeroOnFree: false)");
    assertThat(Hardening.zeroOnFree())
        .hasToString(
            "Hardening(poison: false, guardBytes: 0, quarantine: 0 blocks and 0 bytes,"
                + " zeroOnFree: true)");
    assertThat(Hardening.zeroOnFree().isOn()).isTrue();
  }

  @Test
  void guardBytes_notAllowed_isRefused() {
    for (int bytes : new int[] {-16, 1, 8, 24, 4_112, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> Hardening.builder().guardBytes(bytes))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("guardBytes: " + bytes + " (expected: a multiple of 16, 0 to 4096)");
    }
    Hardening.builder().guardBytes(0).guardBytes(4_096);
  }

  @Test
  void quarantine_notAllowed_isRefused() {
    long[][] wrong = {{-1, 1}, {1, -1}, {0, 1}, {1, 0}};
    for (long[] bounds : wrong) {
      assertThatThrownBy(() -> Hardening.builder().quarantine((int) bounds[0], bounds[1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "quarantine: "
                  + bounds[0]
                  + " blocks and "
                  + bounds[1]
                  + " bytes (expected: both positive, or both 0)");
    }
    Hardening.builder().quarantine(0, 0).quarantine(1, 1);
  }
}
