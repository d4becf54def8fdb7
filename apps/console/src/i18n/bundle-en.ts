export { en as dictionary } from './en';
export { default as antdLocale } from 'antd/es/locale/en_US';
