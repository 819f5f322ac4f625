package io.github.litealloc.netty;

import io.github.litealloc.Hardening;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The {@code -Dlitealloc.*} settings. A value that is not allowed is refused, never replaced. */
final class SystemProperties {

  private static final String PREFIX = "litealloc.";

  private static final Set<String> KEYS =
      Set.of(
          "name",
          "strategy",
          "maxBytes",
          "decayMillis",
          "offLoop",
          "whenExhausted",
          "preferDirect",
          "hardening",
          "sampling");

  private SystemProperties() {}

  static LiteByteBufAllocator.Builder configure(LiteByteBufAllocator.Builder builder) {
    refuseUnknownKeys();
    apply("name", Function.identity(), builder::name);
    apply("strategy", Function.identity(), builder::strategy);
    apply("maxBytes", SystemProperties::parseBytes, builder::maxBytes);
    apply("decayMillis", SystemProperties::parseMillis, builder::decayMillis);
    apply("offLoop", text -> parseEnum(OffLoopPolicy.class, text), builder::offLoop);
    apply("whenExhausted", text -> parseEnum(ExhaustionPolicy.class, text), builder::whenExhausted);
    apply("preferDirect", SystemProperties::parseBoolean, builder::preferDirect);
    apply("hardening", SystemProperties::parseHardening, builder::hardening);
    apply("sampling", SystemProperties::parseCount, builder::sampling);
    return builder;
  }

  /** A mistyped setting would else be ignored, which nobody notices. */
  private static void refuseUnknownKeys() {
    for (String property : System.getProperties().stringPropertyNames()) {
      if (property.startsWith(PREFIX) && !KEYS.contains(property.substring(PREFIX.length()))) {
        throw new IllegalArgumentException(
            "-D"
                + property
                + " is not known (expected: one of "
                + KEYS.stream().sorted().map(key -> PREFIX + key).collect(Collectors.joining(", "))
                + ')');
      }
    }
  }

  private static <T> void apply(String key, Function<String, T> parse, Consumer<T> set) {
    String text = System.getProperty(PREFIX + key);
    if (text == null) {
      return;
    }
    try {
      set.accept(parse.apply(text.strip()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "-D" + PREFIX + key + '=' + text + " is not allowed: " + e.getMessage(), e);
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
