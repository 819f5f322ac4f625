package io.github.litealloc.agent;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/** Changes one class, if it is what it is expected to be. */
abstract class Transformer implements ClassFileTransformer {

  private final String path;

  /**
   * @param name of the class
   */
  Transformer(String name) {
    this.path = name.replace('.', '/');
  }

  @Override
  public final byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] code) {
    if (name == null || redefined != null) {
      return null;
    }
    try {
      if (!path.equals(name)) {
        passedOver(name);
        return null;
      }
      ClassReader reader = new ClassReader(code);
      ClassWriter writer = new ClassWriter(reader, 0);
      Change change = change(writer);
      reader.accept(change, 0);
      if (!change.isMade) {
        notMade();
        return null;
      }
      return writer.toByteArray();
    } catch (Throwable e) { // the JVM would pass over it without a word
      Report.line(name.replace('/', '.') + " is left as it is: " + e);
      return null;
    }
  }

  /**
   * Another class is loaded, and stays as it is.
   *
   * @param name its name, with slashes
   */
  void passedOver(String name) {}

  /** What passes the class on, changed. */
  abstract Change change(ClassVisitor next);

  /** The class is another one than expected. */
  abstract void notMade();

  /** Sees the class, and says whether it has changed it. */
  abstract static class Change extends ClassVisitor {
    boolean isMade;

    Change(ClassVisitor next) {
      super(Opcodes.ASM9, next);
    }
  }
}
