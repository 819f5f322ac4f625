package io.github.litealloc.memory;

import io.github.litealloc.internal.Log;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Memory that also goes back if it is dropped: an arena that nobody has closed, and nobody can
 * reach any more, takes its chunks with it, and where no collector frees them they would be lost.
 *
 * <p>It goes back when the garbage collector has found that nobody can reach the {@linkplain
 * #buffer() buffer}: neither a chunk, an arena or a buffer of ours, nor a view of it, however it
 * was made, for the JDK has each refer to it. That is so only of a buffer that is itself no view of
 * another one: views of views refer to the first of all.
 */
final class WatchedMemory implements MemorySource.Memory {

  private static final System.Logger LOG = System.getLogger(WatchedMemory.class.getName());

  private final ByteBuffer buffer;
  private final long address;
  private final Watch watch;

  /**
   * Watches memory from now on.
   *
   * @param buffer the memory, no view of another buffer
   * @param address the native address of its first byte, or 0 if the platform does not tell
   * @param free gives it back; must not refer to the buffer, not even through others. What it
   *     throws says that the memory is still there
   */
  WatchedMemory(ByteBuffer buffer, long address, Runnable free) {
    this.buffer = buffer;
    this.address = address;
    this.watch = new Watch(buffer, free);
    Dropped.watch(watch);
  }

  @Override
  public ByteBuffer buffer() {
    return buffer;
  }

  @Override
  public long address() {
    return address;
  }

  @Override
  public void release() {
    if (watch.free()) {
      Dropped.forget(watch);
    }
  }

  /** Has a budget credited if the memory goes back because it was dropped. */
  void onDropped(LongConsumer credit, int bytes) {
    watch.bytes = bytes;
    watch.credit = new WeakReference<>(credit);
  }

  private static final class Watch extends Dropped<ByteBuffer> {

    /** Nothing any more once the memory is given back. */
    private @Nullable Runnable free;

    /** A budget's. Weak: its listeners may know whoever knows the buffer. */
    private @Nullable WeakReference<LongConsumer> credit;

    private int bytes;

    Watch(ByteBuffer buffer, Runnable free) {
      super(buffer);
      this.free = free;
    }

    /** Gives it back once; answers whether it did. */
    boolean free() {
      Runnable now = free;
      if (now == null) {
        return false;
      }
      free = null; // first: of memory that is half given back nobody must do the other half
      try {
        now.run();
        return true;
      } catch (VirtualMachineError e) {
        throw e;
      } catch (Throwable e) {
        free = now;
        throw e;
      }
    }

    @Override
    boolean finish() {
      try {
        if (!free()) {
          return true;
        }
      } catch (VirtualMachineError e) {
        // As in Chunk.release: it counts as given back.
      } catch (Throwable e) {
        Log.warn(LOG, "could not give back " + bytes + " bytes that were dropped", e);
        return true;
      }
      LongConsumer charged = credit == null ? null : credit.get();
      if (charged != null) {
        charged.accept(bytes);
      }
      return true;
    }
  }
}
