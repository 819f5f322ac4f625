package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that tells nothing of its limits gets a ceiling by what else can be known, and works. */
final class LeastImageTest {

  /** What Netty cannot do without, if the application brings no other logger. */
  private static final String LEAST_MODULES = "java.base,java.logging";

  private static final String FOUND_BY_HEAP = "for direct buffers (the maximum heap size";

  private static final String MUTE_BEAN =
      """
      package com.sun.management.internal;

      public class HotSpotDiagnostic implements com.sun.management.HotSpotDiagnosticMXBean {
        public HotSpotDiagnostic() {}

        @Override
        public void dumpHeap(String outputFile, boolean live) {}

        @Override
        public java.util.List<com.sun.management.VMOption> getDiagnosticOptions() {
          return java.util.List.of();
        }

        @Override
        public com.sun.management.VMOption getVMOption(String name) {
          throw new IllegalArgumentException("VM option \\"" + name + "\\" does not exist");
        }

        @Override
        public void setVMOption(String name, String value) {}

        @Override
        public javax.management.ObjectName getObjectName() {
          try {
            return new javax.management.ObjectName(
                "com.sun.management:type=HotSpotDiagnostic");
          } catch (javax.management.MalformedObjectNameException e) {
            throw new IllegalStateException(e);
          }
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void start_imageOfTheLeastModules_findsACeilingAndServes() throws Exception {
    Path jlink = JavaProcess.tool("jlink");
    assumeThat(jlink).exists(); // a JDK without it has built these tests somewhere else
    Path image = folder.resolve("image");
    JavaProcess.run(
        folder,
        List.of(
            jlink.toString(),
            "--add-modules",
            LEAST_MODULES,
            "--strip-debug",
            "--output",
            image.toString()));
    assertThat(probe(image, List.of()))
        .contains(LeastImageProbe.DONE, FOUND_BY_HEAP, LeastImageProbe.SAID);
  }

  @Test
  void start_withoutTheModulesThatTellLimits_findsACeilingAndServes() throws Exception {
    for (String more : List.of("", ",jdk.unsupported", ",java.management")) {
      assertThat(probe(List.of("--limit-modules", LEAST_MODULES + more)))
          .contains(LeastImageProbe.DONE, FOUND_BY_HEAP, LeastImageProbe.SAID);
    }
  }

  /** As OpenJ9's, which knows none of HotSpot's options. */
  @Test
  void start_beanThatThrowsForEveryOption_findsACeilingAndServes() throws Exception {
    Path source = folder.resolve("com/sun/management/internal/HotSpotDiagnostic.java");
    Files.createDirectories(source.getParent());
    Files.writeString(source, MUTE_BEAN);
    Path javac = JavaProcess.tool("javac");
    assumeThat(javac).exists();
    String patch = "jdk.management=" + folder;
    JavaProcess.run(
        folder,
        List.of(
            javac.toString(),
            "--patch-module",
            patch,
            "-d",
            folder.resolve("patch").toString(),
            source.toString()));
    patch = "jdk.management=" + folder.resolve("patch");
    List<String> options = List.of("--patch-module", patch, "-XX:MaxDirectMemorySize=64m");
    assertThat(probe(JavaProcess.HOME, options, LeastImageProbe.SAYS_NOTHING))
        .contains(LeastImageProbe.DONE, FOUND_BY_HEAP);
  }

  private String probe(List<String> options) throws Exception {
    return probe(JavaProcess.HOME, options);
  }

  private String probe(Path javaHome, List<String> options, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(options);
    all.add("-Xmx64m");
    return JavaProcess.run(folder, javaHome, all, LeastImageProbe.class, List.of(arguments));
  }
}
