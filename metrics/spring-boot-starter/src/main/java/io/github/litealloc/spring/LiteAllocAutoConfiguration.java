package io.github.litealloc.spring;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Makes the application's allocator from {@link LiteAllocProperties}, unless it has one.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "litealloc.enabled", matchIfMissing = true)
@EnableConfigurationProperties(LiteAllocProperties.class)
public class LiteAllocAutoConfiguration {

  /** Called by Spring. */
  public LiteAllocAutoConfiguration() {}

  /**
   * Makes the allocator. The context closes it with its beans: after servers and clients, which it
   * stops before.
   *
   * @param properties its settings
   * @param applicationName its name, unless the properties have one
   * @return the allocator
   */
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean(ByteBufAllocator.class)
  public LiteByteBufAllocator liteAllocAllocator(
      LiteAllocProperties properties,
      @Value("${spring.application.name:}") String applicationName) {
    return properties.builder(applicationName).build();
  }
}
