package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The no-argument constructor, which is configured by -Dlitealloc.* */
final class SystemPropertiesTest {

  private final Map<String, String> before = new HashMap<>();

  private void set(String key, String value) {
    before.put(key, System.getProperty(key));
    System.setProperty(key, value);
  }

  @AfterEach
  void restore() {
    before.forEach(
        (key, value) -> {
          if (value == null) {
            System.clearProperty(key);
          } else {
            System.setProperty(key, value);
          }
        });
  }

  @Test
  void constructor_withoutProperties_usesTheDefaults() {
    LiteByteBufAllocator allocator = new LiteByteBufAllocator();
    assertThat(allocator.strategy()).isEqualTo("hybrid");
    assertThat(allocator.name()).startsWith("default"); // others in this JVM may have it
    assertThat(allocator.metric().budget().name()).isEqualTo("default");
  }

  @ParameterizedTest
  @CsvSource({"65536, 65536", "64k, 65536", "10m, 10485760", "2G, 2147483648"})
  void maxBytes_withOrWithoutSuffix_isTheCeiling(String text, long bytes) {
    set("litealloc.maxBytes", text);
    set("litealloc.strategy", "free-list");
    set("litealloc.name", "edge");
    LiteByteBufAllocator allocator = new LiteByteBufAllocator();
    assertThat(allocator.metric().budget().maxBytes()).isEqualTo(bytes);
    assertThat(allocator.strategy()).isEqualTo("free-list");
    assertThat(allocator.name()).isEqualTo("edge");
    allocator.close();
  }

  @Test
  void sampling_ofAnAllocator_isWhatTheSystemPropertySays() {
    set("litealloc.sampling", "1000");
    LiteByteBufAllocator allocator = new LiteByteBufAllocator();
    assertThat(allocator.sampling()).isEqualTo(1_000);
    allocator.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "litealloc.strategy      | buddy        | bump-free-list, segregated-bump, free-list, hybrid",
        "litealloc.maxBytes      | lots         | bytes, or a number with k, m or g",
        "litealloc.maxBytes      | -5           | at least 65536 bytes",
        "litealloc.maxBytes      | 1000         | at least 65536 bytes",
        "litealloc.maxBytes      | 99999999999g | bytes, or a number with k, m or g",
        "litealloc.offLoop       | never        | fallback, adopt, reject",
        "litealloc.whenExhausted | panic        | fallback, throw",
        "litealloc.preferDirect  | yes          | true or false",
        "litealloc.decayMillis   | -2           | >= 0, or -1 for never",
        "litealloc.trimNativeHeap| no           | true or false",
        "litealloc.hardening     | on           | off, debug, zero",
        "litealloc.sampling      | often        | a number, 1 in how many, or 0 for none",
        "litealloc.sampling      | -1           | 1 in how many buffers, or 0 for none",
        "litealloc.maxByte       | 1g           | litealloc.maxBytes",
      })
  void constructor_withAValueThatIsNotAllowed_saysNameValueAndExpectation(
      String key, String value, String expectation) {
    set(key, value);
    assertThatThrownBy(LiteByteBufAllocator::new)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-D" + key)
        .hasMessageContaining(expectation);
  }
}
