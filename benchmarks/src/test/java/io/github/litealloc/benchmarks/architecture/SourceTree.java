package io.github.litealloc.benchmarks.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The main source files of the project, as text. */
final class SourceTree {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** Comments, texts and characters: what is no code. In this order, and in one pass. */
  private static final Pattern NO_CODE =
      Pattern.compile(
          "\"\"\"(?s:.*?)\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*'"
              + "|/\\*(?s:.*?)\\*/|//[^\\n]*");

  private static final Pattern TYPE_NAME = Pattern.compile("(?<![\\w$])[A-Z]\\w*");
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

  /** One file, and so one top-level type. */
  record Source(Path file, String packageName, String type, List<String> lines, String code) {

    /** The types that the code names, of whatever package. */
    Set<String> typeNames() {
      return matches(TYPE_NAME, code);
    }

    Path relativeFile() {
      return ROOT.relativize(file);
    }
  }

  private SourceTree() {}

  /** All main sources of the modules that are published; the benchmarks too. */
  static List<Source> mainSources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().contains("/src/main/java/"))
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.getFileName().toString().endsWith("-info.java"))
          .sorted()
          .map(SourceTree::read)
          .collect(Collectors.toList());
    }
  }

  private static Source read(Path file) {
    try {
      String text = Files.readString(file);
      String code = code(text);
      Matcher name = PACKAGE.matcher(code);
      String type = file.getFileName().toString().replace(".java", "");
      return new Source(file, name.find() ? name.group(1) : "", type, text.lines().toList(), code);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static String code(String text) {
    return NO_CODE.matcher(text).replaceAll(" ");
  }

  /** Who names whom, among the types of each package. */
  static Map<String, Map<String, Set<String>>> namesByPackage(List<Source> sources) {
    Map<String, Map<String, Set<String>>> result = new TreeMap<>();
    for (Source source : sources) {
      result
          .computeIfAbsent(source.packageName(), any -> new TreeMap<>())
          .put(source.type(), new TreeSet<>(source.typeNames()));
    }
    result.values().forEach(types -> types.forEach((type, names) -> keep(type, names, types)));
    return result;
  }

  private static void keep(String type, Set<String> names, Map<String, Set<String>> types) {
    names.retainAll(types.keySet());
    names.remove(type);
  }

  static Set<String> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(found -> found.group()).collect(Collectors.toSet());
  }
}
