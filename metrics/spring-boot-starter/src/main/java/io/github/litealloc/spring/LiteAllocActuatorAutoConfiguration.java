package io.github.litealloc.spring;

import io.github.litealloc.metrics.LiteAllocMetrics;
import io.github.litealloc.netty.LiteByteBufAllocator;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Shows the allocator: meters in any registry, and Actuator's health and endpoint.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = LiteAllocAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "litealloc.enabled", matchIfMissing = true)
@ConditionalOnSingleCandidate(LiteByteBufAllocator.class)
public class LiteAllocActuatorAutoConfiguration {

  /** Called by Spring. */
  public LiteAllocActuatorAutoConfiguration() {}

  /**
   * Makes the binder, which Boot binds to each registry that there is.
   *
   * @param allocator whose meters
   * @param properties how many event loops have meters of their own
   * @return the binder
   */
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  public LiteAllocMetrics liteAllocMetrics(
      LiteByteBufAllocator allocator, LiteAllocProperties properties) {
    return LiteAllocMetrics.builder(allocator)
        .eventLoopDetail(properties.getEventLoopDetail())
        .build();
  }

  /** Where the application has health. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
  static class Health {

    @Bean
    @ConditionalOnEnabledHealthIndicator("litealloc")
    @ConditionalOnMissingBean(name = "liteallocHealthIndicator")
    LiteAllocHealthIndicator liteallocHealthIndicator(LiteByteBufAllocator allocator) {
      return new LiteAllocHealthIndicator(allocator);
    }
  }

  /** Where the application has Actuator. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
  static class Actuator {

    @Bean
    @ConditionalOnAvailableEndpoint(LiteAllocEndpoint.class)
    @ConditionalOnMissingBean
    LiteAllocEndpoint liteAllocEndpoint(LiteByteBufAllocator allocator) {
      return new LiteAllocEndpoint(allocator);
    }
  }
}
