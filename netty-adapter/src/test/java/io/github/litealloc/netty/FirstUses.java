package io.github.litealloc.netty;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.CallSite;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.StringConcatFactory;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Loads the library for a trial, and has a class of it, or a lambda or a text made of parts, not be
 * had when it is first used, as where the heap is full: once, for a second try finds it. Not one of
 * the classes that {@link Loader} loads, but known to them.
 */
public final class FirstUses {
  /*
   * The JVM asks the loader for a class when it is first used, and calls a method that the class file
   * names (its bootstrap method) when a lambda is first made. The loader puts the methods here in place
   * of the JDK's, which takes no more than another name in the class file.
   */

  private static final String OURS = "io.github.litealloc.";

  private static final Map<String, byte[]> CLASSES = new ConcurrentHashMap<>();

  private static final Set<String> SEEN = new LinkedHashSet<>(); // guarded by itself
  private static volatile boolean isRecording;
  private static volatile @Nullable String failing;

  private FirstUses() {}

  /** What is run, in classes of its own loader. */
  public interface Trial {
    /** What comes before the operation. */
    void prepare() throws Exception;

    /** The operation, in the middle of which something is first used. */
    void operate() throws Exception;

    /** What is wrong afterwards; empty if nothing is. */
    String faults() throws Exception;
  }

  /** From now on what is first used is noted, and one thing of it fails if it is named. */
  static void begin(@Nullable String fails) {
    synchronized (SEEN) {
      SEEN.clear();
    }
    failing = fails;
    isRecording = true;
  }

  /** What was first used since, in order. */
  static Set<String> end() {
    isRecording = false;
    failing = null;
    synchronized (SEEN) {
      return new LinkedHashSet<>(SEEN);
    }
  }

  private static void used(String what) {
    if (!isRecording) {
      return;
    }
    synchronized (SEEN) {
      SEEN.add(what);
    }
    if (what.equals(failing)) {
      failing = null;
      throw new OutOfMemoryError("at the first use of " + what);
    }
  }

  // ---- in place of the JDK's bootstrap methods ----

  /** As {@link LambdaMetafactory#metafactory}. */
  public static CallSite metafactory(
      MethodHandles.Lookup caller,
      String method,
      MethodType site,
      MethodType erased,
      MethodHandle body,
      MethodType actual)
      throws Exception {
    used(caller.lookupClass().getName() + ": " + caller.revealDirect(body).getName());
    return LambdaMetafactory.metafactory(caller, method, site, erased, body, actual);
  }

  /** As {@link LambdaMetafactory#altMetafactory}. */
  public static CallSite altMetafactory(
      MethodHandles.Lookup caller, String method, MethodType site, Object... more)
      throws Exception {
    used(caller.lookupClass().getName() + ": " + method);
    return LambdaMetafactory.altMetafactory(caller, method, site, more);
  }

  /** As {@link StringConcatFactory#makeConcatWithConstants}. */
  public static CallSite makeConcatWithConstants(
      MethodHandles.Lookup caller, String name, MethodType site, String recipe, Object... constants)
      throws Exception {
    used(caller.lookupClass().getName() + ": \"" + recipe + '"');
    return StringConcatFactory.makeConcatWithConstants(caller, name, site, recipe, constants);
  }

  // ---- the loader ----

  /** Loads our classes itself, and shares all others. */
  static final class Loader extends ClassLoader {

    Loader() {
      super(FirstUses.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(OURS)
          || name.startsWith(FirstUses.class.getName())
              && !name.startsWith(FirstUsesCase.class.getName())) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded != null) {
          return loaded;
        }
        boolean isCase = name.startsWith(FirstUsesCase.class.getName());
        if (!isCase) {
          used(name);
        }
        byte[] bytes = CLASSES.computeIfAbsent(name, key -> read(key, isCase));
        return defineClass(name, bytes, 0, bytes.length);
      }
    }
  }

  private static byte[] read(String name, boolean isCase) {
    String path = name.replace('.', '/') + ".class";
    try (InputStream file = FirstUses.class.getClassLoader().getResourceAsStream(path)) {
      if (file == null) {
        throw new IllegalStateException(path);
      }
      byte[] bytes = file.readAllBytes();
      return isCase ? bytes : withOurBootstraps(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another name for the classes of the JDK's bootstrap methods, wherever they are named. */
  private static byte[] withOurBootstraps(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(bytes));
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(changed);
    out.writeLong(in.readLong()); // magic and version
    int constants = in.readUnsignedShort();
    out.writeShort(constants);
    for (int i = 1; i < constants; i++) {
      int tag = in.readUnsignedByte();
      out.writeByte(tag);
      switch (tag) {
        case 1 -> out.writeUTF(renamed(in.readUTF()));
        case 3, 4, 9, 10, 11, 12, 17, 18 -> out.writeInt(in.readInt());
        case 5, 6 -> {
          out.writeLong(in.readLong());
          i++; // takes two places
        }
        case 7, 8, 16, 19, 20 -> out.writeShort(in.readShort());
        case 15 -> {
          out.writeByte(in.readByte());
          out.writeShort(in.readShort());
        }
        default -> throw new IllegalStateException("tag: " + tag);
      }
    }
    out.write(in.readAllBytes());
    return changed.toByteArray();
  }

  private static String renamed(String text) {
    return text.equals("java/lang/invoke/LambdaMetafactory")
            || text.equals("java/lang/invoke/StringConcatFactory")
        ? FirstUses.class.getName().replace('.', '/')
        : text;
  }
}
