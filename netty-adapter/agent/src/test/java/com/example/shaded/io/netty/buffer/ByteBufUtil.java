package com.example.shaded.io.netty.buffer;

/** Stands for a Netty whose packages an application has renamed. */
public final class ByteBufUtil {

  /** What is asked for when the class is to be loaded. */
  public static final Object DEFAULT_ALLOCATOR = new Object();

  private ByteBufUtil() {}
}
