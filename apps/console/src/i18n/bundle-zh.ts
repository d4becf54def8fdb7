export { zh as dictionary } from './zh';
export { default as antdLocale } from 'antd/es/locale/zh_CN';
