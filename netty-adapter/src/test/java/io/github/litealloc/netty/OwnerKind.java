package io.github.litealloc.netty;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;

/** What a thread that owns an arena can be. */
enum OwnerKind {
  NIO {
    @Override
    TestOwner start() {
      return ofGroup(NioIoHandler.newFactory());
    }
  },
  EPOLL {
    @Override
    TestOwner start() {
      return ofGroup(EpollIoHandler.newFactory());
    }
  },
  IO_URING {
    @Override
    TestOwner start() {
      return ofGroup(IoUringIoHandler.newFactory());
    }
  },
  DEFAULT {
    @Override
    TestOwner start() {
      TestOwner owner = new TestOwner();
      owner.loop(new DefaultEventLoop(owner::start));
      return owner;
    }
  },
  MANUAL_ON_A_PLATFORM_THREAD {
    @Override
    TestOwner start() {
      return manual(Thread::new);
    }
  },
  MANUAL_ON_A_VIRTUAL_THREAD {
    @Override
    TestOwner start() {
      return manual(VirtualThreads.factory().orElseThrow());
    }
  },
  EMBEDDED {
    @Override
    TestOwner start() {
      TestOwner owner = new TestOwner();
      EventExecutor loop = new EmbeddedChannel().eventLoop();
      owner.start(ThreadExecutorMap.apply((Runnable) owner::serve, loop));
      return owner;
    }
  },
  ADOPTED {
    @Override
    TestOwner start() {
      TestOwner owner = new TestOwner();
      owner.start(owner::serve);
      return owner;
    }
  },
  /** Takes every task, and runs none. */
  MUTE {
    @Override
    TestOwner start() {
      return ofExecutor(new OddExecutor.Mute());
    }
  },
  /** Throws from everything but {@code inEventLoop}, as the executors of some benchmarks do. */
  THROWING {
    @Override
    TestOwner start() {
      return ofExecutor(new OddExecutor.Throwing());
    }
  },
  /** Says that it lives, and throws when it is to do something. */
  REFUSING {
    @Override
    TestOwner start() {
      return ofExecutor(new OddExecutor.Refusing());
    }
  },
  /** Runs what it is given at once, on the thread that gives it. */
  INLINE {
    @Override
    TestOwner start() {
      return ofExecutor(new OddExecutor.Inline());
    }
  };

  abstract TestOwner start();

  /** Whether it is an event loop of Netty's, for which ends are more than the thread's. */
  boolean isLoop() {
    return ordinal() <= MANUAL_ON_A_VIRTUAL_THREAD.ordinal();
  }

  static Stream<OwnerKind> available() {
    return Stream.of(values()).filter(OwnerKind::isAvailable);
  }

  private boolean isAvailable() {
    return switch (this) {
      case EPOLL -> Epoll.isAvailable();
      case IO_URING -> IoUring.isAvailable();
      case MANUAL_ON_A_VIRTUAL_THREAD -> VirtualThreads.exist();
      default -> true;
    };
  }

  private static TestOwner ofGroup(IoHandlerFactory factory) {
    TestOwner owner = new TestOwner();
    owner.loop(new MultiThreadIoEventLoopGroup(1, owner::start, factory).next());
    return owner;
  }

  private static TestOwner manual(ThreadFactory threads) {
    TestOwner owner = new TestOwner(threads);
    ManualIoEventLoop loop = new ManualIoEventLoop(null, NioIoHandler.newFactory());
    owner.loop(loop);
    owner.start(
        () -> {
          loop.setOwningThread(Thread.currentThread());
          owner.serve(() -> loop.run(1_000_000));
        });
    return owner;
  }

  private static TestOwner ofExecutor(EventExecutor executor) {
    TestOwner owner = new TestOwner();
    owner.start(ThreadExecutorMap.apply((Runnable) owner::serve, executor));
    return owner;
  }
}
