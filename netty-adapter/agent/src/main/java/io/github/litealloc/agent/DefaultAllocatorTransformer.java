package io.github.litealloc.agent;

import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Has the class that chooses Netty's default allocator hand its choice to us before it keeps it.
 */
final class DefaultAllocatorTransformer extends Transformer {
  /*
   * The end of ByteBufUtil's initialiser becomes
   *
   *   DEFAULT_ALLOCATOR = liteAlloc$inPlaceOf(alloc);
   *
   * with a new method that calls DefaultAllocator.inPlaceOf, as AgentCall writes it.
   */

  static final String CHOOSER = "io.netty.buffer.ByteBufUtil";

  private static final String CHOOSER_PATH = CHOOSER.replace('.', '/');

  /** Made once: it is looked for in the name of each class that the application loads. */
  private static final String END_OF_COPY = "/".concat(CHOOSER_PATH);

  private static final String FIELD = "DEFAULT_ALLOCATOR";
  private static final String ALLOCATOR = "io/netty/buffer/ByteBufAllocator";
  private static final String METHOD = "liteAlloc$inPlaceOf";
  private static final String METHOD_TYPE = "(L" + ALLOCATOR + ";)L" + ALLOCATOR + ";";

  DefaultAllocatorTransformer() {
    super(CHOOSER);
  }

  @Override
  void passedOver(String name) {
    if (name.endsWith(END_OF_COPY)) {
      Report.line(
          name.replace('/', '.')
              + " is a copy of Netty under another name (expected: "
              + CHOOSER
              + "); it keeps its own default allocator");
    }
  }

  @Override
  Change change(ClassVisitor next) {
    return new Change(next) {
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
              isMade = true;
              super.visitMethodInsn(Opcodes.INVOKESTATIC, owner, METHOD, METHOD_TYPE, false);
            }
            super.visitFieldInsn(opcode, owner, field, fieldType);
          }
        };
      }

      @Override
      public void visitEnd() {
        if (isMade) {
          AgentCall.write(cv, METHOD, METHOD_TYPE, DefaultAllocator.class, "inPlaceOf");
        }
        super.visitEnd();
      }
    };
  }

  @Override
  void notMade() {
    Report.line(
        "this Netty's "
            + CHOOSER
            + " has no static "
            + FIELD
            + " (expected: Netty 4.1 or 4.2); it keeps its own default allocator");
  }
}
