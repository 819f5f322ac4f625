package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The module needs the JDK only. */
final class ModuleTest {

  private static final String NETTY = "io/netty/";

  @Test
  void descriptor_requiresTheJdkAndAnnotationsOnly() {
    ModuleDescriptor descriptor = Arena.class.getModule().getDescriptor();
    assertThat(descriptor.name()).isEqualTo("io.github.litealloc");
    List<String> required =
        descriptor.requires().stream()
            .filter(each -> !each.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
            .map(ModuleDescriptor.Requires::name)
            .collect(Collectors.toList());
    assertThat(required)
        .contains("java.base")
        .allMatch(name -> name.startsWith("java.") || name.startsWith("jdk."));
  }

  @Test
  void classes_referToNoNettyClass() throws Exception {
    List<Path> classes = classFiles(Arena.class);
    assertThat(classes).hasSizeGreaterThan(20);
    for (Path file : classes) {
      assertThat(mentions(file, NETTY)).as("%s mentions Netty", file).isFalse();
    }
  }

  @Test
  void classes_useNoUnsafe() throws Exception {
    for (Path file : classFiles(Arena.class)) {
      assertThat(mentions(file, "sun/misc/")).as("%s", file).isFalse();
      assertThat(mentions(file, "sun.misc.")).as("%s", file).isFalse();
      assertThat(mentions(file, "jdk/internal/")).as("%s", file).isFalse();
    }
  }

  @Test
  void mentions_thisClass_isFound() throws Exception {
    // The detector detects: this class has the name that it looks for in its constant pool.
    assertThat(mentions(classFile(ModuleTest.class), NETTY)).isTrue();
  }

  private static Path classFile(Class<?> type) throws URISyntaxException {
    URL url = type.getResource(type.getSimpleName() + ".class");
    assertThat(url).isNotNull();
    return Path.of(url.toURI());
  }

  private static List<Path> classFiles(Class<?> type) throws IOException, URISyntaxException {
    try (Stream<Path> files = Files.walk(classFile(type).getParent())) {
      return files.filter(file -> file.toString().endsWith(".class")).collect(Collectors.toList());
    }
  }

  private static boolean mentions(Path classFile, String name) throws IOException {
    // One byte, one character: enough to find an ASCII name in a constant pool.
    return Files.readString(classFile, StandardCharsets.ISO_8859_1).contains(name);
  }
}
