/** Days as they are counted in China. */
export { beijingDayOf, beijingHourOf, dayAfter, spanOf } from './beijing-day.js';
