package io.github.litealloc.spring;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import io.github.litealloc.netty.LiteByteBufAllocator;
import java.util.Locale;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The pressure on the allocator's budget as health.
 *
 * <p>{@code HIGH} is up: that is when back-pressure works. {@code CRITICAL} is out of service: the
 * next request may fail, so traffic should go elsewhere until buffers have come back. It is not
 * down, which would say that the instance is broken; and it belongs to no group that a probe of
 * liveness asks: a restart loses all requests, and pressure goes by itself.
 */
final class LiteAllocHealthIndicator extends AbstractHealthIndicator {

  private final MemoryBudget budget;

  LiteAllocHealthIndicator(LiteByteBufAllocator allocator) {
    super("the pressure on the allocator's budget could not be read");
    budget = allocator.metric().budget();
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    MemoryPressure pressure = budget.pressure();
    if (pressure == MemoryPressure.CRITICAL) {
      builder.outOfService();
    } else {
      builder.up();
    }
    builder
        .withDetail("pressure", pressure.name().toLowerCase(Locale.ROOT))
        .withDetail("budget", budget.name())
        .withDetail("reservedBytes", budget.reservedBytes())
        .withDetail("maxBytes", budget.maxBytes());
  }
}
