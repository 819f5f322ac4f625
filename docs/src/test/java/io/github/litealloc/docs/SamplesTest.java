package io.github.litealloc.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.docs.Page.Sample;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each Java sample of README and {@code docs/} compiles, and those that are statements run: what
 * people copy works.
 */
final class SamplesTest {

  /** A sample that declares something; others are what a method does. */
  private static final Pattern DECLARATION =
      Pattern.compile("(?m)^(@|(static |final |public )*class )");

  private static final List<String> IMPORTS =
      List.of(
          "io.github.litealloc.*",
          "io.github.litealloc.docs.SampleContext",
          "io.github.litealloc.junit.*",
          "io.github.litealloc.memory.*",
          "io.github.litealloc.metrics.*",
          "io.github.litealloc.netty.*",
          "io.grpc.netty.*",
          "io.lettuce.core.resource.ClientResources",
          "io.lettuce.core.resource.NettyCustomizer",
          "io.netty.bootstrap.*",
          "io.netty.buffer.*",
          "io.netty.channel.*",
          "io.netty.channel.embedded.*",
          "io.netty.channel.socket.nio.*",
          "io.netty.handler.codec.*",
          "java.nio.ByteBuffer",
          "java.util.*",
          "org.junit.jupiter.api.*",
          "org.junit.jupiter.api.extension.*",
          "org.springframework.boot.reactor.netty.NettyServerCustomizer",
          "org.springframework.context.annotation.Bean",
          "reactor.netty.http.client.HttpClient",
          "reactor.netty.http.server.HttpServer");

  @TempDir private static Path folder;

  private static List<Sample> samples = List.of();
  private static List<String> errors = List.of();

  @BeforeAll
  static void compileAll() throws IOException {
    samples = Page.all().stream().flatMap(page -> page.samples("java").stream()).toList();
    List<Path> sources = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      Path source = folder.resolve(name(i) + ".java");
      Files.writeString(source, program(samples.get(i), name(i)));
      sources.add(source);
    }
    errors = compile(sources);
  }

  @AfterAll
  static void close() {
    SampleContext.close();
  }

  private static String name(int sample) {
    return "Sample" + sample;
  }

  private static String program(Sample sample, String name) {
    // A port that may be taken on the machine of whoever runs this.
    String text = sample.text().replace(".port(9400)", ".port(0)");
    String imports =
        IMPORTS.stream().map(type -> "import " + type + ";").collect(Collectors.joining());
    boolean declares = DECLARATION.matcher(text).find();
    String end = text.stripTrailing().matches("(?s).*[;}]|.*; *//[^\\n]*") ? "" : ";";
    return imports
        + " public final class "
        + name
        + " extends SampleContext {"
        + (declares
            ? "public void run() {}\n" + text + "\n"
            : " public void run() throws Exception {\n" + text + "\n" + end + "}")
        + "}";
  }

  private static List<String> compile(List<Path> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
      compiler
          .getTask(
              null,
              files,
              found,
              List.of("-d", folder.toString(), "-proc:none", "-Xlint:deprecation"),
              null,
              files.getJavaFileObjectsFromPaths(sources))
          .call();
    }
    return found.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() != Diagnostic.Kind.NOTE)
        .map(SamplesTest::inPage)
        .toList();
  }

  private static String inPage(Diagnostic<? extends JavaFileObject> diagnostic) {
    JavaFileObject source = diagnostic.getSource();
    String message = diagnostic.getMessage(null);
    if (source == null) {
      return message;
    }
    String file = Path.of(source.toUri()).getFileName().toString();
    Sample sample = samples.get(Integer.parseInt(file.replaceAll("\\D", "")));
    long line = sample.line() + diagnostic.getLineNumber() - 1;
    return sample.page() + ":" + line + ": " + message;
  }

  @Test
  void samples_allOfThem_compileWithoutWarnings() {
    assertThat(errors).as("what the compiler says of samples").isEmpty();
    assertThat(samples).as("samples").hasSizeGreaterThan(10);
  }

  @TestFactory
  Stream<DynamicTest> samples_eachOfThem_runs() {
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      String name = name(i);
      tests.add(DynamicTest.dynamicTest(samples.get(i).place(), () -> run(name)));
    }
    return tests.stream();
  }

  private static void run(String name) throws Exception {
    URL[] classes = {folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, SamplesTest.class.getClassLoader())) {
      Object sample = loader.loadClass(name).getConstructor().newInstance();
      ((SampleContext) sample).run();
    }
  }
}
