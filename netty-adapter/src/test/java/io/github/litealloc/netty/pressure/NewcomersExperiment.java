package io.github.litealloc.netty.pressure;

import io.github.litealloc.netty.MemoryPressureHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * New connections beside clients that ask for large answers all the time and read them slowly: how
 * long they wait for the first byte, by the number of the server's event loops.
 */
final class NewcomersExperiment {

  private static final int SMALL_BYTES = 100;
  private static final int PATIENCE_MILLIS = 60_000;

  private final int budget = Integer.getInteger("litealloc.pressure.budget", 16);
  private final int regulars = Integer.getInteger("litealloc.pressure.regulars", 16);
  private final int newcomers = Integer.getInteger("litealloc.pressure.newcomers", 40);
  private final int answerBytes =
      Integer.getInteger("litealloc.pressure.answerKibibytes", 2_048) << 10;
  private final int answerMillis = Integer.getInteger("litealloc.pressure.answerMillis", 500);
  private final int seconds = Integer.getInteger("litealloc.pressure.seconds", 8);
  private final String loops = System.getProperty("litealloc.pressure.loops", "1,2,8");

  private final AtomicLong answers = new AtomicLong();
  private final List<Long> small = new ArrayList<>();
  private final List<Long> large = new ArrayList<>();
  private volatile boolean ends;
  private volatile boolean counts;

  /** Prints a table in Markdown. */
  static void printTable() throws Exception {
    System.out.println(
        "| loops | handler | regular answers, 1/s | newcomers, 1/s | small: p50, p99, most, ms"
            + " | large: p50, p99, most, ms | outside, % |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (String count : new NewcomersExperiment().loops.split(",")) {
      for (boolean with : new boolean[] {false, true}) {
        new NewcomersExperiment().run(Integer.parseInt(count), with);
      }
    }
  }

  private void run(int loops, boolean with) throws Exception {
    try (Server server = new Server(budget, new MemoryPressureHandler(), loops)) {
      server.listenWithSmallSockets(
          (pressure, to) -> {
            if (with) {
              to.addLast(pressure);
            }
            to.addLast(new Answerer());
          });
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < regulars; i++) {
        clients.add(new Thread(() -> askOnAndOn(server.address()), "regular " + i));
      }
      for (int i = 0; i < newcomers; i++) {
        boolean beginsSmall = i % 2 == 0;
        clients.add(new Thread(() -> comeAnew(server.address(), beginsSmall), "newcomer " + i));
      }
      clients.forEach(Thread::start);
      Thread.sleep(3_000); // until it is compiled
      counts = true;
      long answersBefore = answers.get();
      long outsideBefore = server.fallback.bytes.get();
      Thread.sleep(seconds * 1_000L);
      counts = false;
      long answered = answers.get() - answersBefore;
      long outside = server.fallback.bytes.get() - outsideBefore;
      ends = true;
      for (Thread client : clients) {
        client.join(2L * PATIENCE_MILLIS);
      }
      long bytes = answered * answerBytes + (long) large.size() * answerBytes;
      System.out.printf(
          Locale.ROOT,
          "| %d | %s | %d | %d | %s | %s | %.2f |%n",
          loops,
          with ? "with" : "without",
          answered / seconds,
          (small.size() + large.size()) / seconds,
          text(small),
          text(large),
          100.0 * outside / Math.max(1, bytes));
    }
  }

  private static String text(List<Long> nanos) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    if (sorted.length == 0) {
      return "none";
    }
    int last = sorted.length - 1;
    return String.format(
        Locale.ROOT,
        "%.1f, %.1f, %.1f",
        sorted[last / 2] / 1e6,
        sorted[(int) (last * 0.99)] / 1e6,
        sorted[last] / 1e6);
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(64 * 1024); // what is not read is the server's
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(address);
    return socket;
  }

  private static void ask(Socket socket, int bytes) throws IOException {
    new DataOutputStream(socket.getOutputStream()).writeInt(bytes);
  }

  private void askOnAndOn(InetSocketAddress address) {
    int pieces = answerBytes / Load.PIECE_BYTES;
    while (!ends) {
      try (Socket socket = connect(address)) {
        while (!ends) {
          ask(socket, answerBytes);
          long begun = System.nanoTime();
          for (int piece = 1; piece <= pieces; piece++) {
            socket.getInputStream().readNBytes(Load.PIECE_BYTES);
            long due = begun + TimeUnit.MILLISECONDS.toNanos(answerMillis) / pieces * piece;
            long left = TimeUnit.NANOSECONDS.toMillis(due - System.nanoTime());
            if (left > 0) {
              Thread.sleep(left); // the load: it reads at this pace
            }
          }
          answers.incrementAndGet();
        }
      } catch (IOException e) {
        System.out.println("regular: " + e);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void comeAnew(InetSocketAddress address, boolean beginsSmall) {
    boolean isSmall = beginsSmall;
    while (!ends) {
      int bytes = isSmall ? SMALL_BYTES : answerBytes;
      try (Socket socket = connect(address)) {
        boolean counted = counts;
        long begun = System.nanoTime();
        ask(socket, bytes);
        InputStream in = socket.getInputStream();
        in.readNBytes(1);
        long nanos = System.nanoTime() - begun;
        in.skipNBytes(bytes - 1L);
        if (counted) {
          List<Long> to = isSmall ? small : large;
          synchronized (to) {
            to.add(nanos);
          }
        }
        Thread.sleep(200);
      } catch (IOException e) {
        System.out.println("newcomer: " + e);
      } catch (InterruptedException e) {
        return;
      }
      isSmall = !isSmall;
    }
  }

  /** Sends as many bytes as each request says. */
  private static final class Answerer extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf request) {
      for (int left = request.readInt(); left > 0; left -= Load.PIECE_BYTES) {
        int bytes = Math.min(left, Load.PIECE_BYTES);
        context.write(context.alloc().directBuffer(bytes).writeZero(bytes));
      }
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
