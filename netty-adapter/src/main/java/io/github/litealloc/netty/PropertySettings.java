package io.github.litealloc.netty;

import io.github.litealloc.Hardening;
import io.github.litealloc.internal.Require;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The {@code litealloc.*} settings as text: system properties, or a framework's configuration. A
 * value that is not allowed is refused, never replaced.
 */
final class PropertySettings {

  private static final String PREFIX = "litealloc.";

  /** The origin of system properties. */
  private static final String SYSTEM = "-D";

  private static final Set<String> KEYS =
      Set.of(
          "name",
          "strategy",
          "maxBytes",
          "decayMillis",
          "trimNativeHeap",
          "offLoop",
          "whenExhausted",
          "preferDirect",
          "passThrough",
          "hardening",
          "sampling");

  /** Only system properties, and read elsewhere: by the allocator module and by the agent. */
  private static final Set<String> KEYS_OF_PROCESS = Set.of("range", "meters", "dashboard.port");

  /** What stands before a key in messages, so that whoever reads them finds where it was set. */
  private final String origin;

  /** By key without the prefix. */
  private final Map<String, String> values = new HashMap<>();

  private PropertySettings(String origin) {
    this.origin = origin;
  }

  /** The system properties. */
  static PropertySettings ofSystem() {
    return new PropertySettings(SYSTEM).takeAll(System.getProperties());
  }

  static PropertySettings of(Properties settings) {
    return new PropertySettings("").takeAll(Require.nonNull(settings, "settings", EXPECTED));
  }

  static PropertySettings of(Map<String, String> settings) {
    PropertySettings taken = new PropertySettings("");
    Require.nonNull(settings, "settings", EXPECTED).forEach(taken::take);
    return taken;
  }

  private static final String EXPECTED = "settings with the names of the system properties";

  private PropertySettings takeAll(Properties properties) {
    // Their defaults, too, which only this method tells of; values that are no text, which it
    // hides.
    properties.stringPropertyNames().forEach(key -> take(key, properties.getProperty(key)));
    properties.forEach(this::take);
    return this;
  }

  /** A mistyped setting would else be ignored, which nobody notices. */
  private void take(@Nullable Object key, @Nullable Object value) {
    if (!(key instanceof String name) || !name.startsWith(PREFIX)) {
      return;
    }
    String setting = name.substring(PREFIX.length());
    if (origin.equals(SYSTEM) && KEYS_OF_PROCESS.contains(setting)) {
      return;
    }
    if (!KEYS.contains(setting)) {
      throw new IllegalArgumentException(
          origin
              + name
              + " is not known (expected: one of "
              + KEYS.stream()
                  .sorted()
                  .map(known -> PREFIX + known)
                  .collect(Collectors.joining(", "))
              + ')');
    }
    if (!(value instanceof String text)) {
      throw new IllegalArgumentException(origin + name + ": " + value + " (expected: text)");
    }
    values.put(setting, text);
  }

  LiteAllocatorBuilder configure(LiteAllocatorBuilder builder) {
    apply("name", Function.identity(), builder::name);
    apply("strategy", Function.identity(), builder::strategy);
    apply("maxBytes", PropertySettings::parseBytes, builder::maxBytes);
    apply("decayMillis", PropertySettings::parseMillis, builder::decayMillis);
    apply("trimNativeHeap", PropertySettings::parseBoolean, builder::trimNativeHeap);
    apply("offLoop", text -> parseEnum(OffLoopPolicy.class, text), builder::offLoop);
    apply("whenExhausted", text -> parseEnum(ExhaustionPolicy.class, text), builder::whenExhausted);
    apply("preferDirect", PropertySettings::parseBoolean, builder::preferDirect);
    apply("passThrough", PropertySettings::parseBoolean, builder::passThrough);
    apply("hardening", PropertySettings::parseHardening, builder::hardening);
    apply("sampling", PropertySettings::parseCount, builder::sampling);
    return builder;
  }

  private <T> void apply(String key, Function<String, T> parse, Consumer<T> set) {
    String text = values.get(key);
    if (text == null) {
      return;
    }
    try {
      set.accept(parse.apply(text.strip()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          origin + PREFIX + key + '=' + text + " is not allowed: " + e.getMessage(), e);
    }
  }

  private static long parseBytes(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    int shift = lower.endsWith("g") ? 30 : lower.endsWith("m") ? 20 : lower.endsWith("k") ? 10 : 0;
    String digits = shift == 0 ? lower : lower.substring(0, lower.length() - 1);
    try {
      return Math.multiplyExact(Long.parseLong(digits), 1L << shift);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' (expected: bytes, or a number with k, m or g, such as 256m)", e);
    }
  }

  private static long parseMillis(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' (expected: a number of milliseconds)", e);
    }
  }

  private static int parseCount(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' (expected: a number, 1 in how many, or 0 for none)", e);
    }
  }

  private static boolean parseBoolean(String text) {
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    throw new IllegalArgumentException("'" + text + "' (expected: true or false)");
  }

  private static Hardening parseHardening(String text) {
    return switch (text) {
      case "off" -> Hardening.off();
      case "debug" -> Hardening.debug();
      case "zero" -> Hardening.zeroOnFree();
      default ->
          throw new IllegalArgumentException("'" + text + "' (expected: one of off, debug, zero)");
    };
  }

  private static <E extends Enum<E>> E parseEnum(Class<E> type, String text) {
    StringBuilder allowed = new StringBuilder();
    for (E constant : type.getEnumConstants()) {
      String id = constant.name().toLowerCase(Locale.ROOT);
      if (id.equals(text)) {
        return constant;
      }
      allowed.append(allowed.length() == 0 ? "" : ", ").append(id);
    }
    throw new IllegalArgumentException("'" + text + "' (expected: one of " + allowed + ')');
  }
}
