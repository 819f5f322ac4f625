package io.github.litealloc.agent;

import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Writes methods into other people's classes that call the agent. */
final class AgentCall {
  /*
   * What is written is, for two arguments:
   *
   *   private static synthetic R name(A a, B b) {
   *     try {
   *       return (R) ClassLoader.getSystemClassLoader()
   *           .loadClass("io.github.litealloc.agent.Target")
   *           .getMethod("method", Object.class, Object.class)
   *           .invoke(null, a, b);
   *     } catch (Throwable e) {
   *       return a;
   *     }
   *   }
   *
   * By reflection, as the other class's loader need not see the agent's classes (OSGi, application servers), and
   * appending these to the boot loader's path makes the JVM warn about class data sharing. Nothing that goes
   * wrong may leave the method: it would be the end of whoever is calling.
   */

  private AgentCall() {}

  /**
   * Writes such a method.
   *
   * @param into the class that gets it
   * @param name its name there
   * @param type its type; what it returns is nothing, or of the type of its first argument
   * @param target the agent's class
   * @param method a public static method there whose parameters all are objects
   */
  static void write(ClassVisitor into, String name, String type, Class<?> target, String method) {
    Type returned = Type.getReturnType(type);
    int arguments = Type.getArgumentTypes(type).length;
    MethodVisitor code =
        into.visitMethod(
            Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_SYNTHETIC,
            name,
            type,
            null,
            null);
    Label begin = new Label();
    Label end = new Label();
    Label failed = new Label();
    code.visitCode();
    code.visitTryCatchBlock(begin, end, failed, "java/lang/Throwable");
    code.visitLabel(begin);
    code.visitMethodInsn(
        Opcodes.INVOKESTATIC,
        "java/lang/ClassLoader",
        "getSystemClassLoader",
        "()Ljava/lang/ClassLoader;",
        false);
    code.visitLdcInsn(target.getName());
    code.visitMethodInsn(
        Opcodes.INVOKEVIRTUAL,
        "java/lang/ClassLoader",
        "loadClass",
        "(Ljava/lang/String;)Ljava/lang/Class;",
        false);
    code.visitLdcInsn(method);
    array(
        code,
        "java/lang/Class",
        arguments,
        i -> code.visitLdcInsn(Type.getObjectType("java/lang/Object")));
    code.visitMethodInsn(
        Opcodes.INVOKEVIRTUAL,
        "java/lang/Class",
        "getMethod",
        "(Ljava/lang/String;[Ljava/lang/Class;)Ljava/lang/reflect/Method;",
        false);
    code.visitInsn(Opcodes.ACONST_NULL);
    array(code, "java/lang/Object", arguments, i -> code.visitVarInsn(Opcodes.ALOAD, i));
    code.visitMethodInsn(
        Opcodes.INVOKEVIRTUAL,
        "java/lang/reflect/Method",
        "invoke",
        "(Ljava/lang/Object;[Ljava/lang/Object;)Ljava/lang/Object;",
        false);
    boolean isVoid = returned.equals(Type.VOID_TYPE);
    if (isVoid) {
      code.visitInsn(Opcodes.POP);
    } else {
      code.visitTypeInsn(Opcodes.CHECKCAST, returned.getInternalName());
    }
    code.visitLabel(end);
    code.visitInsn(isVoid ? Opcodes.RETURN : Opcodes.ARETURN);
    code.visitLabel(failed);
    code.visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {"java/lang/Throwable"});
    code.visitInsn(Opcodes.POP);
    if (!isVoid) {
      code.visitVarInsn(Opcodes.ALOAD, 0);
    }
    code.visitInsn(isVoid ? Opcodes.RETURN : Opcodes.ARETURN);
    code.visitMaxs(6, arguments);
    code.visitEnd();
  }

  private static void array(MethodVisitor code, String type, int length, Element element) {
    code.visitInsn(Opcodes.ICONST_0 + length);
    code.visitTypeInsn(Opcodes.ANEWARRAY, type);
    for (int i = 0; i < length; i++) {
      code.visitInsn(Opcodes.DUP);
      code.visitInsn(Opcodes.ICONST_0 + i);
      element.push(i);
      code.visitInsn(Opcodes.AASTORE);
    }
  }

  private interface Element {
    void push(int index);
  }
}
