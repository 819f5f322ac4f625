package io.github.litealloc.agent;

import com.example.shaded.io.netty.buffer.ByteBufUtil;
import io.netty.buffer.ByteBufAllocator;
import java.lang.instrument.Instrumentation;

/** An application that the agent can do nothing for. */
public final class UnfitApplication {

  private UnfitApplication() {}

  /** As another agent, before ours: uses Netty. */
  public static void premain(String options, Instrumentation instrumentation) {
    System.out.println("before: " + ByteBufAllocator.DEFAULT.getClass().getSimpleName());
  }

  /** Uses a Netty under another name, and Netty. */
  public static void main(String[] arguments) {
    System.out.println("shaded: " + (ByteBufUtil.DEFAULT_ALLOCATOR != null));
    System.out.println("default: " + ByteBufAllocator.DEFAULT.getClass().getSimpleName());
    System.out.println("done");
  }
}
