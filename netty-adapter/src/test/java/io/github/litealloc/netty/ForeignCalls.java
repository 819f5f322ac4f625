package io.github.litealloc.netty;

import io.github.litealloc.Arena;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds, in the compiled classes of the allocator and of the adapter, every call that may reach
 * code of others: of a method of a type that others implement. As {@code Caller: Type.method}, by
 * simple names.
 */
final class ForeignCalls {
  /*
   * All methods that a class calls, or makes references to, are in its constant pool (The Java Virtual
   * Machine Specification, 4.4), so the code itself need not be read.
   */

  /** Types of the JDK that are implemented to be called; packages end in a dot. */
  private static final Set<String> OF_THE_JDK =
      Set.of(
          "java.lang.Runnable",
          "java.lang.AutoCloseable",
          "java.lang.System$Logger",
          "java.io.Closeable",
          "java.io.InputStream",
          "java.io.OutputStream",
          "java.nio.channels.",
          "java.util.function.",
          "java.util.concurrent.Callable",
          "java.util.concurrent.Executor",
          "java.util.concurrent.ExecutorService",
          "java.util.concurrent.ScheduledExecutorService",
          "java.util.concurrent.ThreadFactory");

  private static final String OURS = "io.github.litealloc.";

  /**
   * Handlers in a pipeline, whose calls Netty makes and catches; what they call is tested with
   * them.
   */
  private static final Set<String> IN_PIPELINES =
      Set.of(
          "io.github.litealloc.netty.internal.backpressure.",
          "MemoryPressureHandler",
          "InheritedAllocator",
          "StreamsElsewhere");

  private static final int MAGIC_AND_VERSION_BYTES = 8;

  private final Set<String> found = new TreeSet<>();

  private ForeignCalls() {}

  static Set<String> find() throws IOException, URISyntaxException {
    ForeignCalls calls = new ForeignCalls();
    calls.readModuleOf(Arena.class);
    calls.readModuleOf(LiteByteBufAllocator.class);
    return calls.found;
  }

  /** Whether a class is one of those that are read, of the main sources. */
  static boolean isMain(Class<?> type) {
    return locationOf(type).equals(locationOf(Arena.class))
        || locationOf(type).equals(locationOf(LiteByteBufAllocator.class));
  }

  private static String locationOf(Class<?> type) {
    var source = type.getProtectionDomain().getCodeSource();
    return source == null ? "" : source.getLocation().toString();
  }

  private void readModuleOf(Class<?> type) throws IOException, URISyntaxException {
    Path location = Path.of(new URI(locationOf(type)));
    if (Files.isDirectory(location)) {
      readAll(location);
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(location)) {
        readAll(jar.getPath("/"));
      }
    }
  }

  private void readAll(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      files
          .filter(file -> file.toString().endsWith(".class"))
          .filter(file -> !file.getFileName().toString().endsWith("-info.class"))
          .forEach(this::read);
    }
  }

  private void read(Path file) {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(DataInputStream in) throws IOException {
    in.skipNBytes(MAGIC_AND_VERSION_BYTES);
    int count = in.readUnsignedShort();
    String[] texts = new String[count];
    int[] kinds = new int[count];
    int[] firsts = new int[count];
    int[] seconds = new int[count];
    for (int i = 1; i < count; i++) {
      kinds[i] = in.readUnsignedByte();
      switch (kinds[i]) {
        case 1 -> texts[i] = in.readUTF();
        case 3, 4 -> in.readInt();
        case 5, 6 -> {
          in.readLong();
          i++; // takes two places
        }
        case 7, 8, 16, 19, 20 -> firsts[i] = in.readUnsignedShort();
        case 15 -> {
          in.readUnsignedByte();
          in.readUnsignedShort();
        }
        case 9, 10, 11, 12, 17, 18 -> {
          firsts[i] = in.readUnsignedShort();
          seconds[i] = in.readUnsignedShort();
        }
        default -> throw new IOException("constant of kind " + kinds[i]);
      }
    }
    in.readUnsignedShort(); // access
    String self = texts[firsts[in.readUnsignedShort()]].replace('/', '.');
    if (IN_PIPELINES.stream().anyMatch(self::contains)) {
      return;
    }
    for (int i = 1; i < count; i++) {
      if (kinds[i] == 10 || kinds[i] == 11) { // a method, of a class or of an interface
        String owner = texts[firsts[firsts[i]]].replace('/', '.');
        String method = texts[firsts[seconds[i]]];
        boolean isImplemented = !method.equals("getClass"); // the compiler says of whom, or Object
        if (isImplemented && !method.startsWith("<") && !method.startsWith("lambda$")) {
          add(self, owner, method);
        }
      }
    }
  }

  private void add(String caller, String owner, String method) {
    if (isForeign(owner, method)) {
      found.add(simple(caller) + ": " + simple(owner) + '.' + method);
    }
  }

  static String simple(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static boolean isForeign(String owner, String method) {
    if (owner.startsWith("io.netty.") || owner.startsWith(OURS)) {
      return isImplementedByOthers(owner) && !isStatic(owner, method);
    }
    boolean isListed =
        OF_THE_JDK.contains(owner)
            || OF_THE_JDK.contains(owner.substring(0, owner.lastIndexOf('.') + 1));
    return isListed && !isStatic(owner, method);
  }

  private static boolean isImplementedByOthers(String owner) {
    Class<?> type = load(owner);
    int modifiers = type.getModifiers();
    boolean isVisible =
        Modifier.isPublic(modifiers) && !type.getPackageName().contains(".internal");
    boolean isOpen = !Modifier.isFinal(modifiers) && !type.isSealed();
    boolean isMeant = type.isInterface() || Modifier.isAbstract(modifiers) || isExtensible(type);
    return isVisible && isOpen && isMeant && !Throwable.class.isAssignableFrom(type);
  }

  private static boolean isExtensible(Class<?> type) {
    return type.getName().startsWith(OURS)
        && Arrays.stream(type.getDeclaredConstructors())
            .map(Constructor::getModifiers)
            .anyMatch(flags -> Modifier.isPublic(flags) || Modifier.isProtected(flags));
  }

  private static boolean isStatic(String owner, String name) {
    for (Class<?> type = load(owner); type != null; type = type.getSuperclass()) {
      for (Method method : type.getDeclaredMethods()) {
        if (method.getName().equals(name)) {
          return Modifier.isStatic(method.getModifiers());
        }
      }
    }
    return false;
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, ForeignCalls.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
