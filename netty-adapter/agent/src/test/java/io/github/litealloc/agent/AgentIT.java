package io.github.litealloc.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.app.Main;
import com.example.app.SwitchedApplication;
import java.io.File;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's jar as it is delivered, with applications in JVMs of their own. */
final class AgentIT {

  private static final Path JAR = Path.of(System.getProperty("litealloc.agent.jar"));
  private static final long PATIENCE_SECONDS = 120;
  private static final String OURS = "default: LiteByteBufAllocator(default, hybrid)";
  private static final String KEEPS = "keeps its own default allocator";

  private static final String GIVEN = " is given ";
  private static final String[] APPLICATIONS =
      Stream.of(
              "web",
              "webflux",
              "grpc",
              "streams",
              "lettuce",
              "armeria",
              "rsocket",
              "quic",
              "postgres",
              "async-http-client",
              "vertx",
              "virtual")
          .filter(name -> !name.equals("virtual") || Runtime.version().feature() >= 21)
          .toArray(String[]::new);

  @TempDir private Path folder;

  @Test
  void applications_thatKnowNothingOfUs_haveAllTheirDirectBuffersFromArenas() throws Exception {
    List<String> options = new ArrayList<>(frameworksMay());
    options.add("-Dio.grpc.netty.useCustomAllocator=false");
    String printed =
        run(options, classPath(AgentIT::isNotOurs), Main.class.getName(), APPLICATIONS);

    assertThat(printed)
        .contains(OURS, ", from the agent; behind it: AdaptiveByteBufAllocator")
        .contains("fallbacks OFF_LOOP: 0", "fallbacks EXHAUSTED: 0", "fallbacks CLOSED: 0")
        .contains("live: 0")
        .doesNotContain(GIVEN);
    List<String> seen = printed.lines().filter(line -> line.startsWith("seen ")).toList();
    assertThat(seen)
        .allMatch(line -> line.contains(": direct LiteByteBuf of LiteByteBufAllocator x "));
    assertThat(String.join("\n", seen))
        .contains(
            "HTTP/1.1 server read",
            "H2C response",
            "WebFlux server read",
            "WebFlux client H2C write",
            "WebFlux loop",
            Runtime.version().feature() < 21 ? "WebFlux thread" : "WebFlux virtual thread",
            "server stream",
            "client stream",
            "lettuce read",
            "lettuce write",
            "Armeria server write",
            "Armeria response",
            "RSocket server read",
            "RSocket client write",
            "async-http-client read",
            "QUIC server read",
            "QUIC client read");
    assertThat(requestsAfter(printed)).doesNotContainNull().isSorted().doesNotHaveDuplicates();
  }

  /** Where no handler of ours looks into the pipelines. */
  @Test
  void applications_thatKnowNothingOfUs_askNobodyElse() throws Exception {
    List<String> options = new ArrayList<>(frameworksMay());
    options.addAll(List.of("-Dio.grpc.netty.useCustomAllocator=false", "-Dasked=true"));
    assertThat(
            run(
                options,
                classPath(AgentIT::isNotOurs),
                Main.class.getName(),
                "grpc",
                "postgres",
                "vertx"))
        .contains("asked of ours: true")
        .doesNotContain("asked of others");
  }

  /** Each application has had buffers of arenas, also where nobody can look into its pipelines. */
  private static List<Long> requestsAfter(String printed) {
    return Arrays.stream(APPLICATIONS)
        .map(
            name ->
                printed
                    .lines()
                    .filter(line -> line.startsWith("after " + name + ": "))
                    .map(
                        line ->
                            Long.valueOf(line.replaceAll(".*: (\\d+) requests in arenas", "$1")))
                    .findFirst()
                    .orElse(null))
        .toList();
  }

  @Test
  void application_thatNamesAnAllocatorOfNettys_isToldOnceByTheClassOfItsChannels()
      throws Exception {
    // gRPC has one of its own, unless told otherwise.
    String printed =
        run(frameworksMay(), classPath(path -> true), Main.class.getName(), "grpc", "streams");

    assertThat(printed.lines().filter(line -> line.contains(GIVEN)).toList())
        .hasSizeBetween(1, 2)
        .allMatch(line -> line.startsWith("lite-alloc agent: io.netty.channel."))
        .allMatch(line -> line.contains(" is given io.netty.buffer.PooledByteBufAllocator, and"))
        .doesNotHaveDuplicates()
        .noneMatch(line -> line.contains("Server"));
  }

  @Test
  void application_startedPassedThrough_isServedByNettysUntilItIsSwitched() throws Exception {
    String printed =
        run(
            List.of(
                "-Dlitealloc.passThrough=true",
                "-Dlitealloc.maxBytes=64m",
                "-Dlitealloc.decayMillis=500"),
            classPath(AgentIT::isNotOurs),
            SwitchedApplication.class.getName());

    String ours = "direct LiteByteBuf of LiteByteBufAllocator";
    String nettys = "direct AdaptiveByteBuf of AdaptiveByteBufAllocator";
    assertThat(printed.lines().filter(line -> !line.startsWith("lite-alloc agent: ")))
        .containsExactly(
            "at the start: client stream: " + nettys,
            "at the start: server stream: " + nettys,
            "at the start: by arenas: false",
            "at the start: live of AdaptiveByteBufAllocator",
            "switched on: client stream: " + ours,
            "switched on: server stream: " + ours,
            "switched on: by arenas: true",
            "switched on: live of LiteByteBufAllocator",
            "switched off: client stream: " + nettys,
            "switched off: server stream: " + nettys,
            "switched off: by arenas: false",
            "live: 100",
            "live then: 0",
            "memory given back: true",
            "under load: answered by both",
            "nothing live after load: true",
            "done");
  }

  @Test
  void application_whichEverClassComesFirst_hasOneDefaultThatIsOurs() throws Exception {
    assertThat(run(List.of(), classPath(path -> true), FirstTouch.class.getName()))
        .contains("from the application's class path")
        .doesNotContain("from the agent", KEEPS);
  }

  @Test
  void application_withMetricsOnItsClassPath_isObservedByProperties() throws Exception {
    String port = String.valueOf(freePort());
    assertThat(
            run(
                List.of("-Dlitealloc.dashboard.port=" + port, "-Dlitealloc.meters=true"),
                classPath(path -> true),
                ObservedApplication.class.getName(),
                port))
        .contains(
            "lite-alloc agent: dashboard: http://127.0.0.1:" + port + '/',
            "lite-alloc agent: meters: bound to Micrometer's global registry");
  }

  @Test
  void bootJar_withoutOurJars_hasOursFromTheAgent() throws Exception {
    Path jar = bootJar(path -> path.contains("netty-") && isNotOurs(path));
    String printed =
        run(List.of("-Dlitealloc.dashboard.port=0"), List.of("-jar", jar.toString(), "streams"));

    assertThat(printed)
        .contains(OURS, ", from the agent; behind it")
        .contains(
            "-Dlitealloc.dashboard.port=0: java.lang.ClassNotFoundException: io.github.litealloc."
                + "metrics.DashboardServer (expected: lite-alloc-metrics on the")
        .contains("seen server stream: direct LiteByteBuf of LiteByteBufAllocator");
  }

  @Test
  void bootJar_withOurJars_hasOursFromItself() throws Exception {
    Path jar = bootJar(path -> path.contains("netty-") || !isNotOurs(path));
    assertThat(run(List.of(), List.of("-jar", jar.toString(), "streams")))
        .contains(OURS, ", from the application's class path; behind it")
        .contains("seen server stream: direct LiteByteBuf of LiteByteBufAllocator");
  }

  @Test
  void application_shadedOrWrongSettings_isToldInALineAndKeepsNettys() throws Exception {
    String printed =
        run(
            List.of("-Dlitealloc.maxBytes=lots"),
            classPath(path -> true),
            UnfitApplication.class.getName());

    assertThat(printed)
        .contains(
            "lite-alloc agent: com.example.shaded.io.netty.buffer.ByteBufUtil is a copy of Netty under"
                + " another name (expected: io.netty.buffer.ByteBufUtil); it "
                + KEEPS,
            KEEPS + ": java.lang.",
            "'lots' (expected: bytes, or a number with k, m or g, such as 256m)",
            "default: AdaptiveByteBufAllocator");
    assertThat(printed.lines().filter(line -> line.startsWith("lite-alloc agent: "))).hasSize(2);
  }

  @Test
  void netty41_newest_hasOneDefaultThatIsOurs() throws Exception {
    assertThat(run(frameworksMay(), oldNetty("4.1.138.Final"), UnfitApplication.class.getName()))
        .contains(
            "the default allocator of Netty 4.1.138.Final is LiteByteBufAllocator(default, hybrid),"
                + " from the agent; behind it: PooledByteBufAllocator",
            "default: LiteByteBufAllocator");
  }

  @Test
  void netty_thatLacksWhatOursCalls_isToldInALineAndKeepsItsOwn() throws Exception {
    assertThat(run(frameworksMay(), oldNetty("4.1.43.Final"), UnfitApplication.class.getName()))
        .contains(
            "lite-alloc agent: Netty 4.1.43.Final " + KEEPS + ": java.lang.",
            "netty-buffer 4.1.43.Final cannot be used with lite-alloc (expected: 4.1.44 or newer)",
            "default: PooledByteBufAllocator");
  }

  /** As the adapter's build has fetched them. */
  private static String oldNetty(String version) {
    return JAR.resolve(Path.of("..", "..", "..", "target", "old-netty", version)).normalize()
        + File.separator
        + '*'
        + File.pathSeparator
        + classPath(path -> path.endsWith("test-classes"));
  }

  @Test
  void netty_initialisedBeforeTheAgent_staysAsItWas() throws Exception {
    Path early = folder.resolve("early.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", UnfitApplication.class.getName());
    try (OutputStream file = Files.newOutputStream(early);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      out.finish();
    }

    String printed =
        run(
            List.of("-javaagent:" + early),
            classPath(path -> true),
            UnfitApplication.class.getName());

    assertThat(printed)
        .contains(
            "before: AdaptiveByteBufAllocator",
            "lite-alloc agent: Netty was loaded before the agent, by ",
            "default: AdaptiveByteBufAllocator");
  }

  private Path bootJar(Predicate<String> libraries) throws Exception {
    List<Path> jars =
        entries(libraries).stream().map(Path::of).filter(Files::isRegularFile).toList();
    Path loader = Path.of(entries(path -> path.contains("spring-boot-loader-")).get(0));
    Path classes = Path.of(entries(path -> path.endsWith("test-classes")).get(0));
    return BootJar.write(folder, loader, classes, jars, Main.class);
  }

  private static boolean isNotOurs(String path) {
    return !path.contains("lite-alloc-") && !path.replace('\\', '/').endsWith("/target/classes");
  }

  private static List<String> entries(Predicate<String> wanted) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(wanted)
        .filter(path -> !path.contains("lite-alloc-agent"))
        .toList();
  }

  private static String classPath(Predicate<String> wanted) {
    return String.join(File.pathSeparator, entries(wanted));
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private String run(List<String> options, String classPath, String main, String... arguments)
      throws Exception {
    List<String> program = new ArrayList<>(List.of("-cp", classPath, main));
    program.addAll(List.of(arguments));
    return run(options, program);
  }

  /** What newer JVMs else warn of: of native transports, and of JCTools within Armeria. */
  private static List<String> frameworksMay() {
    int jdk = Runtime.version().feature();
    List<String> options = new ArrayList<>();
    if (jdk >= 22) {
      options.add("--enable-native-access=ALL-UNNAMED");
    }
    if (jdk >= 23) {
      options.add("--sun-misc-unsafe-memory-access=allow");
    }
    return options;
  }

  /** Runs a JVM with the agent; nothing of it may look like a warning. */
  private String run(List<String> options, List<String> program) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"));
    command.addAll(options);
    command.add("-javaagent:" + JAR);
    command.addAll(program);
    File output = Files.createTempFile(folder, "output", ".txt").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    String printed = Files.readString(output.toPath());
    assertThat(ended).as("ended, printed %s", printed).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    assertThat(printed).contains("done").doesNotContainIgnoringCase("warning");
    return printed;
  }
}
