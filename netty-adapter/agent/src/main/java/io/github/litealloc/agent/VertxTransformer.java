package io.github.litealloc.agent;

import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Has Vert.x 5 copy and release our buffers, as it does those of Netty's pooling allocators. */
final class VertxTransformer extends Transformer {
  /*
   * Its handlers pass each buffer that they have read through VertxHandler.safeBuffer. That copies it to the heap and
   * releases it if the class of its allocator is AdaptiveByteBufAllocator or PooledByteBufAllocator, and takes it
   * for a heap buffer that needs no release if not. What asks for the class there,
   *
   *   buffer.alloc().getClass()
   *
   * becomes
   *
   *   liteAlloc$asNettys(buffer.alloc().getClass())
   *
   * with
   *
   *   private static Class<?> liteAlloc$asNettys(Class<?> allocator) {
   *     return allocator.getName().equals("io.github.litealloc.netty.LiteByteBufAllocator")
   *         ? AdaptiveByteBufAllocator.class
   *         : allocator;
   *   }
   *
   * by name, as there may be one of ours for each Netty of a process.
   */

  private static final String HANDLER = "io/vertx/core/net/impl/VertxHandler";
  private static final String METHOD = "liteAlloc$asNettys";
  private static final String METHOD_TYPE = "(Ljava/lang/Class;)Ljava/lang/Class;";
  private static final String OURS = "io.github.litealloc.netty.LiteByteBufAllocator";
  private static final String ADAPTIVE = "io/netty/buffer/AdaptiveByteBufAllocator";

  VertxTransformer() {
    super(HANDLER);
  }

  @Override
  Change change(ClassVisitor next) {
    return new Change(next) {
      @Override
      public MethodVisitor visitMethod(
          int access, String name, String type, String signature, String[] exceptions) {
        MethodVisitor method = super.visitMethod(access, name, type, signature, exceptions);
        if (!name.equals("safeBuffer")) {
          return method;
        }
        return new MethodVisitor(Opcodes.ASM9, method) {
          @Override
          public void visitMethodInsn(
              int opcode, String owner, String called, String calledType, boolean isInterface) {
            super.visitMethodInsn(opcode, owner, called, calledType, isInterface);
            if (called.equals("getClass") && calledType.equals("()Ljava/lang/Class;")) {
              super.visitMethodInsn(Opcodes.INVOKESTATIC, HANDLER, METHOD, METHOD_TYPE, false);
              isMade = true;
            }
          }
        };
      }

      @Override
      public void visitEnd() {
        if (isMade) {
          writeAsNettys(
              super.visitMethod(
                  Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_SYNTHETIC,
                  METHOD,
                  METHOD_TYPE,
                  null,
                  null));
        }
        super.visitEnd();
      }
    };
  }

  private static void writeAsNettys(MethodVisitor code) {
    Label isAnother = new Label();
    code.visitCode();
    code.visitVarInsn(Opcodes.ALOAD, 0);
    code.visitMethodInsn(
        Opcodes.INVOKEVIRTUAL, "java/lang/Class", "getName", "()Ljava/lang/String;", false);
    code.visitLdcInsn(OURS);
    code.visitMethodInsn(
        Opcodes.INVOKEVIRTUAL, "java/lang/String", "equals", "(Ljava/lang/Object;)Z", false);
    code.visitJumpInsn(Opcodes.IFEQ, isAnother);
    code.visitLdcInsn(Type.getObjectType(ADAPTIVE));
    code.visitInsn(Opcodes.ARETURN);
    code.visitLabel(isAnother);
    code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
    code.visitVarInsn(Opcodes.ALOAD, 0);
    code.visitInsn(Opcodes.ARETURN);
    code.visitMaxs(2, 1);
    code.visitEnd();
  }

  @Override
  void notMade() {
    Report.line(
        "this Vert.x is none that is known (expected: 5.0 to 5.2): where its channels have an"
            + " allocator of ours, it may leave what it has read unreleased");
  }
}
