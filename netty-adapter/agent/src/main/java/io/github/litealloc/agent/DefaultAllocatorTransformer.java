package io.github.litealloc.agent;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Has the class that chooses Netty's default allocator hand its choice to us before it keeps it.
 */
final class DefaultAllocatorTransformer implements ClassFileTransformer {
  /*
   * The end of ByteBufUtil's initialiser becomes
   *
   *   DEFAULT_ALLOCATOR = liteAlloc$inPlaceOf(alloc);
   *
   * with a new method that calls DefaultAllocator.inPlaceOf, as AgentCall writes it.
   */

  static final String CHOOSER = "io.netty.buffer.ByteBufUtil";

  private static final String CHOOSER_PATH = CHOOSER.replace('.', '/');
  private static final String FIELD = "DEFAULT_ALLOCATOR";
  private static final String ALLOCATOR = "io/netty/buffer/ByteBufAllocator";
  private static final String METHOD = "liteAlloc$inPlaceOf";
  private static final String METHOD_TYPE = "(L" + ALLOCATOR + ";)L" + ALLOCATOR + ";";

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] code) {
    if (name == null || !name.endsWith(CHOOSER_PATH) || redefined != null) {
      return null;
    }
    try {
      return transformChooser(name, code);
    } catch (Throwable e) { // the JVM would pass over it without a word
      Report.line(name.replace('/', '.') + " is left as it is: " + e);
      return null;
    }
  }

  private static byte @Nullable [] transformChooser(String name, byte[] code) {
    if (!name.equals(CHOOSER_PATH)) {
      if (name.charAt(name.length() - CHOOSER_PATH.length() - 1) == '/') {
        Report.line(
            name.replace('/', '.')
                + " is a copy of Netty under another name (expected: "
                + CHOOSER
                + "); it keeps its own default allocator");
      }
      return null;
    }
    ClassReader reader = new ClassReader(code);
    ClassWriter writer = new ClassWriter(reader, 0);
    Chooser chooser = new Chooser(writer);
    reader.accept(chooser, 0);
    if (!chooser.hasChosen) {
      Report.line(
          "this Netty's "
              + CHOOSER
              + " has no static "
              + FIELD
              + " (expected: Netty 4.1 or 4.2); it keeps its own default allocator");
      return null;
    }
    return writer.toByteArray();
  }

  private static final class Chooser extends ClassVisitor {
    boolean hasChosen;

    Chooser(ClassVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String type, String signature, String[] exceptions) {
      MethodVisitor method = super.visitMethod(access, name, type, signature, exceptions);
      if (!name.equals("<clinit>")) {
        return method;
      }
      return new MethodVisitor(Opcodes.ASM9, method) {
        @Override
        public void visitFieldInsn(int opcode, String owner, String field, String fieldType) {
          if (opcode == Opcodes.PUTSTATIC && owner.equals(CHOOSER_PATH) && field.equals(FIELD)) {
            hasChosen = true;
            super.visitMethodInsn(Opcodes.INVOKESTATIC, owner, METHOD, METHOD_TYPE, false);
          }
          super.visitFieldInsn(opcode, owner, field, fieldType);
        }
      };
    }

    @Override
    public void visitEnd() {
      if (hasChosen) {
        AgentCall.write(cv, METHOD, METHOD_TYPE, DefaultAllocator.class, "inPlaceOf");
      }
      super.visitEnd();
    }
  }
}
