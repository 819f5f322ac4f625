package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Builders that start with a framework's configuration, or with the system properties. */
final class PropertySettingsTest {

  private static final String KEY = "litealloc.name";
  private final String before = System.getProperty(KEY);

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(KEY);
    } else {
      System.setProperty(KEY, before);
    }
  }

  @Test
  void builderFrom_aMap_takesItsSettingsAndIgnoresThoseOfOthers() {
    Map<String, String> settings =
        Map.of(
            "litealloc.name", "of a map",
            "litealloc.strategy", "free-list",
            "litealloc.maxBytes", "10m",
            "litealloc.sampling", " 100 ",
            "litealloc.trimNativeHeap", "false",
            "server.port", "8080");
    try (LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builderFrom(settings).sampling(50).build()) {
      assertThat(allocator.name()).isEqualTo("of a map");
      assertThat(allocator.strategy()).isEqualTo("free-list");
      assertThat(allocator.metric().budget().maxBytes()).isEqualTo(10 << 20);
      assertThat(allocator.sampling()).isEqualTo(50);
    }
  }

  @Test
  void builderFrom_aMap_knowsNothingOfTheSystemProperties() {
    System.setProperty(KEY, "of the system");
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builderFrom(Map.of()).build();
        LiteByteBufAllocator ofSystem =
            LiteByteBufAllocator.builderFromSystemProperties()
                .fallback(new UnpooledByteBufAllocator(true))
                .build()) {
      assertThat(allocator.name()).startsWith("default");
      assertThat(ofSystem.name()).isEqualTo("of the system");
    }
  }

  /** Read by others, as text of a map by nobody. */
  @Test
  void builderFrom_settingsOfTheProcess_areKnownAsSystemPropertiesOnly() {
    String range = "litealloc.range";
    String wasRange = System.getProperty(range);
    System.setProperty(range, "off");
    try {
      LiteByteBufAllocator.builderFromSystemProperties().build().close();
    } finally {
      if (wasRange == null) {
        System.clearProperty(range);
      } else {
        System.setProperty(range, wasRange);
      }
    }
    assertThatThrownBy(() -> LiteByteBufAllocator.builderFrom(Map.of(range, "off")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("litealloc.range is not known");
  }

  @Test
  void builderFrom_properties_takesTheirDefaultsToo() {
    Properties defaults = new Properties();
    defaults.setProperty("litealloc.strategy", "segregated-bump");
    defaults.setProperty("litealloc.name", "of the defaults");
    Properties settings = new Properties(defaults);
    settings.setProperty("litealloc.name", "of properties");
    settings.put("server.port", 8080);
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builderFrom(settings).build()) {
      assertThat(allocator.name()).isEqualTo("of properties");
      assertThat(allocator.strategy()).isEqualTo("segregated-bump");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "litealloc.maxByte | 1g   | litealloc.maxByte is not known (expected: one of"
            + " litealloc.decayMillis, litealloc.hardening, litealloc.maxBytes",
        "litealloc.        | 1g   | litealloc. is not known",
        "litealloc.maxBytes| lots | litealloc.maxBytes=lots is not allowed: 'lots' (expected: bytes",
        "litealloc.strategy| buddy| litealloc.strategy=buddy is not allowed: ",
        "litealloc.name    | ''   | litealloc.name= is not allowed: name: '' (expected: a text",
      })
  void builderFrom_whatIsNotAllowed_saysNameValueAndExpectation(
      String key, String value, String message) {
    Properties properties = new Properties();
    properties.setProperty(key, value);
    assertThatThrownBy(() -> LiteByteBufAllocator.builderFrom(properties))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
    assertThatThrownBy(() -> LiteByteBufAllocator.builderFrom(Map.of(key, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void builderFrom_aValueThatIsNoText_isRefused() {
    Map<String, String> withNull = new HashMap<>();
    withNull.put("litealloc.name", null);
    assertThatThrownBy(() -> LiteByteBufAllocator.builderFrom(withNull))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("litealloc.name: null (expected: text)");
    Properties withNumber = new Properties();
    withNumber.put("litealloc.maxBytes", 1 << 20);
    assertThatThrownBy(() -> LiteByteBufAllocator.builderFrom(withNumber))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("litealloc.maxBytes: 1048576 (expected: text)");
  }

  @Test
  void builderFrom_null_isRefused() {
    assertThatThrownBy(() -> LiteByteBufAllocator.builderFrom((Properties) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageStartingWith("settings: null (expected: ");
    assertThatThrownBy(() -> LiteByteBufAllocator.builderFrom((Map<String, String>) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageStartingWith("settings: null (expected: ");
  }

  @Test
  void builderFrom_settingsThatContradictLaterOnes_areRefusedThen() {
    LiteAllocatorBuilder builder =
        LiteByteBufAllocator.builderFrom(Map.of("litealloc.whenExhausted", "throw"));
    assertThatThrownBy(
            () ->
                builder.whenExhausted(
                    request -> {
                      throw new DirectMemoryExhaustedError(request);
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but a policy is set too, to THROW");
  }
}
