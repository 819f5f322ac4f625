package io.github.litealloc.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What GraalVM is told of our reflection is there, and is all. No image is built: that takes
 * GraalVM.
 */
final class NativeImageTest {

  private static final Path ROOT = Path.of("..");

  /** Calls that look something up by its name. */
  private static final Pattern LOOKUP =
      Pattern.compile(
          "\\.(forName|getMethod|getDeclaredMethod|getField|getDeclaredField|getConstructor"
              + "|getDeclaredConstructor|findVarHandle|findStatic|findVirtual|findConstructor"
              + "|findGetter|findSetter|findSpecial|unreflect\\w*|getResource\\w*|newProxyInstance"
              + "|newUpdater|loadClass)\\(");

  private static final Pattern FIELD =
      Pattern.compile("findVarHandle\\(\\s*(\\w+)\\.class,\\s*\"(\\w+)\"");
  private static final Pattern METHOD = Pattern.compile("(\\w+)\\.class\\.getMethod\\(\"(\\w+)\"");
  private static final Pattern VIRTUAL =
      Pattern.compile("findVirtual\\(\\s*(\\w+)\\.class,\\s*\"(\\w+)\"");
  private static final Pattern TYPE = Pattern.compile("forName\\(\\s*\"([\\w.]+)\"");

  /** Files whose lookups are not by constants, and what they look up; or why it needs no name. */
  private static final Map<String, List<String>> BY_HAND =
      Map.ofEntries(
          // field("…") for each, checked below
          Map.entry("ArenaStatistics.java", List.of("io.github.litealloc.ArenaStatistics")),
          Map.entry(
              "JdkMemorySource.java",
              List.of(
                  "java.lang.foreign.Arena#ofShared",
                  "java.lang.foreign.Arena#allocate",
                  "java.lang.foreign.MemorySegment#address",
                  "java.lang.foreign.MemorySegment#asByteBuffer")),
          // Calls of C, which an image must be built for: there is no range then, and the log says
          // it.
          Map.entry("LinuxMemory.java", List.of("java.lang.Module#isNativeAccessEnabled")),
          // Any executor; of an unknown one it asks less.
          Map.entry(
              "ArenaOwner.java",
              List.of("io.netty.util.concurrent.SingleThreadEventExecutor#execute")),
          Map.entry(
              "DashboardLibraries.java",
              List.of(
                  "io.netty.handler.codec.http.HttpServerCodec",
                  "io.micrometer.prometheusmetrics.PrometheusMeterRegistry",
                  "com.fasterxml.jackson.core.JsonFactory")),
          Map.entry("StaticFiles.java", List.of()), // resources, see below
          Map.entry("Version.java", List.of()));

  private enum Jar {
    ALLOCATOR("allocator", "lite-alloc-allocator"),
    ADAPTER("netty-adapter", "lite-alloc-netty-adapter"),
    METRICS("metrics", "lite-alloc-metrics");

    final Path module;
    final Path folder;

    Jar(String module, String artifact) {
      this.module = ROOT.resolve(module);
      this.folder =
          this.module.resolve(
              "src/main/resources/META-INF/native-image/io.github.litealloc/" + artifact);
    }

    JsonNode read(String name) throws IOException {
      return new ObjectMapper().readTree(folder.resolve(name).toFile());
    }

    /** Each class, and each field and method as {@code class#member}. */
    Set<String> names() throws IOException {
      Set<String> names = new TreeSet<>();
      for (JsonNode type : read("reflect-config.json")) {
        String name = type.get("name").textValue();
        names.add(name);
        for (String kind : List.of("fields", "methods")) {
          type.path(kind).forEach(member -> names.add(name + '#' + member.get("name").textValue()));
        }
      }
      return names;
    }

    Map<Path, String> sources() throws IOException {
      Map<Path, String> sources = new HashMap<>();
      try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          sources.put(file, Files.readString(file));
        }
      }
      return sources;
    }
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return switch (name) {
      case "long" -> long.class;
      case "int" -> int.class;
      case "boolean" -> boolean.class;
      default -> Class.forName(name, false, NativeImageTest.class.getClassLoader());
    };
  }

  private static Class<?>[] parameters(JsonNode method) throws ClassNotFoundException {
    JsonNode names = method.get("parameterTypes");
    Class<?>[] types = new Class<?>[names.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = type(names.get(i).textValue());
    }
    return types;
  }

  @ParameterizedTest
  @EnumSource
  void names_ofClassesFieldsAndMethods_areThere(Jar jar) throws Exception {
    for (JsonNode config : jar.read("reflect-config.json")) {
      String name = config.get("name").textValue();
      if (name.startsWith("java.lang.foreign.") && Runtime.version().feature() < 22) {
        continue; // a preview, or not there at all
      }
      Class<?> type = type(name);
      for (JsonNode field : config.path("fields")) {
        assertThat(type.getDeclaredField(field.get("name").textValue())).isNotNull();
      }
      for (JsonNode method : config.path("methods")) {
        String called = method.get("name").textValue();
        if (name.equals("java.lang.Thread") || name.equals("java.lang.Module")) {
          assertThat(Runtime.version().feature() < 22 || isThere(type, called, method)).isTrue();
        } else {
          assertThat(isThere(type, called, method)).as("%s.%s", name, called).isTrue();
        }
      }
    }
  }

  private static boolean isThere(Class<?> type, String name, JsonNode method) throws Exception {
    try {
      return type.getMethod(name, parameters(method)) != null;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource
  void lookups_inTheSources_areAllNamed(Jar jar) throws IOException {
    Set<String> named = jar.names();
    Set<String> members = new TreeSet<>(); // as the sources write them, without the package
    named.forEach(name -> members.add(name.replaceFirst("^.*\\.(?=\\w+(#|$))", "")));
    jar.sources()
        .forEach(
            (file, source) -> {
              String name = file.getFileName().toString();
              long lookups = LOOKUP.matcher(source).results().count();
              if (lookups == 0) {
                return;
              }
              if (BY_HAND.containsKey(name)) {
                assertThat(named).as(name).containsAll(BY_HAND.get(name));
                return;
              }
              long known = 0;
              for (Pattern pattern : List.of(FIELD, METHOD, VIRTUAL)) {
                for (MatchResult found : all(pattern, source)) {
                  assertThat(members).as(name).contains(found.group(1) + '#' + found.group(2));
                  known++;
                }
              }
              for (MatchResult found : all(TYPE, source)) {
                assertThat(named).as(name).contains(found.group(1));
                known++;
              }
              assertThat(known).as("lookups by constant names in %s", name).isEqualTo(lookups);
            });
  }

  private static List<MatchResult> all(Pattern pattern, String source) {
    return pattern.matcher(source).results().toList();
  }

  @ParameterizedTest
  @EnumSource(names = "ALLOCATOR")
  void statistics_allFieldsThatHaveAHandle_areNamed(Jar jar) throws IOException {
    String source =
        Files.readString(
            jar.module.resolve("src/main/java/io/github/litealloc/ArenaStatistics.java"));
    List<String> fields =
        all(Pattern.compile("= field\\(\"(\\w+)\"\\)"), source).stream()
            .map(found -> "io.github.litealloc.ArenaStatistics#" + found.group(1))
            .toList();
    assertThat(fields).hasSizeGreaterThan(30);
    assertThat(jar.names()).containsAll(fields);
  }

  /** Those that the page is made of, and the version, which Maven puts into the jar. */
  @ParameterizedTest
  @EnumSource(names = "METRICS")
  void resources_thatTheDashboardReads_areNamed(Jar jar) throws IOException {
    List<Pattern> patterns =
        Stream.of(jar.read("resource-config.json").at("/resources/includes"))
            .flatMap(array -> Stream.iterate(0, i -> i < array.size(), i -> i + 1).map(array::get))
            .map(include -> Pattern.compile(include.get("pattern").textValue()))
            .toList();
    String page =
        Files.readString(
            jar.module.resolve(
                "src/main/java/io/github/litealloc/metrics/internal/dashboard/StaticFiles.java"));
    Matcher file = Pattern.compile("\"([\\w.]+\\.(?:html|css|svg|js))\"").matcher(page);
    Set<String> read = new TreeSet<>();
    while (file.find()) {
      read.add("io/github/litealloc/metrics/dashboard/" + file.group(1));
    }
    assertThat(read).hasSizeGreaterThan(9);
    read.add("META-INF/maven/io.github.litealloc/lite-alloc-metrics/pom.properties");
    assertThat(read)
        .allMatch(name -> patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches()));
  }
}
