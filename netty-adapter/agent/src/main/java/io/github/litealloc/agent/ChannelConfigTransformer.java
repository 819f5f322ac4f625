package io.github.litealloc.agent;

import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Has Netty tell {@link OtherAllocators} whenever a channel is given an allocator: all kinds of
 * channels, streams of HTTP/2 and QUIC too, keep it in the class that this changes.
 */
final class ChannelConfigTransformer extends Transformer {

  private static final String CONFIG = "io/netty/channel/DefaultChannelConfig";
  private static final String CHANNEL = "Lio/netty/channel/Channel;";
  private static final String METHOD = "liteAlloc$given";
  private static final String METHOD_TYPE = "(" + CHANNEL + "Lio/netty/buffer/ByteBufAllocator;)V";

  ChannelConfigTransformer() {
    super(CONFIG);
  }

  @Override
  Change change(ClassVisitor next) {
    return new Change(next) {
      @Override
      public MethodVisitor visitMethod(
          int access, String name, String type, String signature, String[] exceptions) {
        MethodVisitor method = super.visitMethod(access, name, type, signature, exceptions);
        if (!name.equals("setAllocator")
            || !type.startsWith("(Lio/netty/buffer/ByteBufAllocator;)")
            || (access & Opcodes.ACC_SYNTHETIC) != 0) {
          return method;
        }
        isMade = true;
        return new MethodVisitor(Opcodes.ASM9, method) {
          @Override
          public void visitCode() {
            super.visitCode();
            super.visitVarInsn(Opcodes.ALOAD, 0);
            super.visitFieldInsn(Opcodes.GETFIELD, CONFIG, "channel", CHANNEL);
            super.visitVarInsn(Opcodes.ALOAD, 1);
            super.visitMethodInsn(Opcodes.INVOKESTATIC, CONFIG, METHOD, METHOD_TYPE, false);
          }
        };
      }

      @Override
      public void visitEnd() {
        if (isMade) {
          AgentCall.write(cv, METHOD, METHOD_TYPE, OtherAllocators.class, "given");
        }
        super.visitEnd();
      }
    };
  }

  /** A Netty without that method has no use for it: there is nothing to tell. */
  @Override
  void notMade() {}
}
